import { expect, test } from 'vitest';
import { ImportQueue } from './import-queue.js';

const { signal } = new AbortController();

/** Work that ends when the test releases it. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>(resolve => {
    open = resolve;
  });
  return { open, work: () => opened };
}

test('runs a few at a time, the others in order, and refuses more with what to do', async () => {
  const queue = new ImportQueue({ maxRunning: 1, maxWaiting: 1 });
  const [first, second] = [gate(), gate()];
  const order: string[] = [];
  const one = queue.run(first.work, signal).then(() => order.push('first'));
  const two = queue.run(second.work, signal).then(() => order.push('second'));
  await expect(queue.run(async () => undefined, signal)).rejects.toMatchObject({
    code: 'RESOURCE_EXHAUSTED',
    message: expect.stringMatching(/nothing was changed\. Retry/),
    data: { reason: 'TOO_MANY_IMPORTS', retryAfterMs: 5_000 },
  });
  second.open();
  first.open();
  await Promise.all([one, two]);
  expect(order).toEqual(['first', 'second']);
  expect(await queue.run(async () => 'free again', signal)).toBe('free again');
});

test('one that is aborted while it waits leaves its place', async () => {
  const queue = new ImportQueue({ maxRunning: 1, maxWaiting: 1 });
  const running = gate();
  const one = queue.run(running.work, signal);
  const abort = new AbortController();
  const waiting = queue.run(async () => 'never', abort.signal);
  abort.abort(new Error('the caller has gone'));
  await expect(waiting).rejects.toThrow('the caller has gone');
  const next = queue.run(async () => 'next', signal);
  running.open();
  await one;
  expect(await next).toBe('next');
});

test('work that fails frees its place', async () => {
  const queue = new ImportQueue({ maxRunning: 1, maxWaiting: 0 });
  await expect(queue.run(() => Promise.reject(new Error('broken')), signal)).rejects.toThrow('broken');
  expect(await queue.run(async () => 'free', signal)).toBe('free');
});
