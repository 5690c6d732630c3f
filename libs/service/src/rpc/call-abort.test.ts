import { expect, test } from 'vitest';
import { CallAbort } from './call-abort.js';

const REASON = new Error('over');

test('listeners are called once on abort, except those that were removed', () => {
  const abort = new CallAbort();
  const told: string[] = [];
  abort.listen(reason => told.push(`first: ${reason.message}`));
  const stop = abort.listen(() => told.push('second'));
  abort.listen(() => told.push('third'));
  stop();
  abort.abort(REASON);
  abort.abort(new Error('again'));
  expect(told).toEqual(['first: over', 'third']);
});

test('a listener added after the abort is called at once; after the end of a call none is', () => {
  const aborted = new CallAbort();
  aborted.abort(REASON);
  const told: Error[] = [];
  aborted.listen(reason => told.push(reason))();
  expect(told).toEqual([REASON]);
  const ended = new CallAbort();
  ended.listen(reason => told.push(reason));
  ended.end();
  ended.abort(REASON);
  expect(told).toHaveLength(1);
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
