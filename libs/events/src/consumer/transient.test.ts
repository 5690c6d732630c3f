import { ServiceError } from '@athanor/service';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTransient, retryPauseMs } from './transient.js';

/** As thrown by the SDK. */
const rpcError = (code: string) => Object.assign(new Error(code), { name: 'RpcError', code });

test.each(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED'] as const)('%s is transient, from either side', code => {
  expect(isTransient(new ServiceError(code, 'unavailable'))).toBe(true);
  expect(isTransient(rpcError(code))).toBe(true);
});

test.each(['NOT_FOUND', 'INTERNAL', 'ABORTED', 'INVALID_ARGUMENT', 'DATA_LOSS'] as const)('%s is not', code => {
  expect(isTransient(rpcError(code))).toBe(false);
});

test('storage errors are classified by kind, also as a cause', () => {
  for (const kind of ['connection_lost', 'storage_full', 'disk_full', 'unavailable', 'serialization_failure'])
    expect(isTransient(new Error('not registered', { cause: Object.assign(new Error(kind), { kind }) }))).toBe(true);
  for (const kind of ['corrupt', 'unique_violation', undefined])
    expect(isTransient(Object.assign(new Error('broken'), { kind }))).toBe(false);
  expect(isTransient('UNAVAILABLE')).toBe(false);
});

test('delays double up to the maximum', () => {
  const pauses = { firstMs: 200, maxMs: 30_000 };
  fc.assert(
    fc.property(fc.nat(2_000), retries => {
      const [now, next] = [retryPauseMs(retries, pauses), retryPauseMs(retries + 1, pauses)];
      return now >= 200 && now <= next && next <= 30_000;
    }),
  );
});
