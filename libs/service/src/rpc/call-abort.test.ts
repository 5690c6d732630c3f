import { expect, test } from 'vitest';
import { CallAbort } from './call-abort.js';

const REASON = new Error('over');

test('listeners are called once on abort, except those that were removed', () => {
  const abort = new CallAbort();
  const received: string[] = [];
  abort.listen(reason => received.push(`first: ${reason.message}`));
  const stop = abort.listen(() => received.push('second'));
  abort.listen(() => received.push('third'));
  stop();
  abort.abort(REASON);
  abort.abort(new Error('again'));
  expect(received).toEqual(['first: over', 'third']);
});

test('a listener added after the abort is called at once; after the end of a call none is', () => {
  const aborted = new CallAbort();
  aborted.abort(REASON);
  const received: Error[] = [];
  aborted.listen(reason => received.push(reason))();
  expect(received).toEqual([REASON]);
  const ended = new CallAbort();
  ended.listen(reason => received.push(reason));
  ended.end();
  ended.abort(REASON);
  expect(received).toHaveLength(1);
});

test('a signal is aborted as well', () => {
  const abort = new CallAbort();
  const { signal } = abort;
  let seen = false;
  abort.listen(() => {
    seen = signal.aborted;
  });
  abort.abort(REASON);
  expect([seen, signal.reason]).toEqual([true, REASON]);
});
