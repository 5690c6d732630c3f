import { expect, it } from 'vitest';
import { interruptible, unlessAborted } from './interruption.js';

const never = () => new Promise<never>(() => undefined);

it('bug: work was left half done by a signal, without its cleaning up', async () => {
  const listeners = process.listenerCount('SIGTERM');
  let cleaned = false;
  const work = interruptible(async signal => {
    try {
      return await unlessAborted(never(), signal);
    } finally {
      cleaned = true;
    }
  });
  process.emit('SIGTERM', 'SIGTERM');
  await expect(work).rejects.toMatchObject({ message: 'interrupted by SIGTERM', exitCode: 130 });
  expect(cleaned).toBe(true);
  expect(process.listenerCount('SIGTERM')).toBe(listeners);
});

it('work that is not interrupted has its own result', async () => {
  expect(await interruptible(signal => unlessAborted(Promise.resolve(7), signal))).toBe(7);
});
