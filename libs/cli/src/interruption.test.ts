import { expect, it } from 'vitest';
import { interruptible, unlessAborted } from './interruption.js';

const never = () => new Promise<never>(() => undefined);

it('bug: a signal ended work without its clean-up', async () => {
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

it('uninterrupted work returns its own result', async () => {
  expect(await interruptible(signal => unlessAborted(Promise.resolve(7), signal))).toBe(7);
});
