import { type RpcCode, RpcError } from '@athanor/client';
import { expect, test } from 'vitest';
import { retryWhileUnavailable } from './retry-while-unavailable.js';

/** A call that fails once and then succeeds; `times` counts its attempts. */
function failingOnce(code: RpcCode, retryAfterMs?: number) {
  const details = retryAfterMs === undefined ? {} : { retryAfterMs };
  const call = async (): Promise<number> => {
    if (++call.times > 1) return call.times;
    throw new RpcError({ code, message: 'not now', method: '/a/B', details });
  };
  call.times = 0;
  return call;
}

test('bug: a call that was refused with a retry delay was not retried', async () => {
  const begin = performance.now();
  expect(await retryWhileUnavailable(failingOnce('RESOURCE_EXHAUSTED', 400))).toBe(2);
  expect(performance.now() - begin).toBeGreaterThanOrEqual(399);
});

test('a call to an unavailable service is retried until the time limit', async () => {
  expect(await retryWhileUnavailable(failingOnce('UNAVAILABLE'))).toBe(2);
  await expect(retryWhileUnavailable(failingOnce('UNAVAILABLE'), 100)).rejects.toThrow('not now');
  await expect(retryWhileUnavailable(failingOnce('RESOURCE_EXHAUSTED', 400), 300)).rejects.toThrow('not now');
});

test.each(['RESOURCE_EXHAUSTED', 'ABORTED', 'INVALID_ARGUMENT'] as const)('%s is not retried', async code => {
  const call = failingOnce(code);
  await expect(retryWhileUnavailable(call)).rejects.toMatchObject({ code });
  expect(call.times).toBe(1);
});
