import { expect, test } from 'vitest';
import { DatabaseError, toDatabaseError } from './database-error.js';
import { withRetry } from './with-retry.js';

const conflict = () => new DatabaseError('serialization_failure', 'could not serialize access');

test('a transaction with a conflict is retried until it succeeds', async () => {
  let runs = 0;
  const result = await withRetry(async () => {
    runs++;
    if (runs < 3) throw conflict();
    return 'done';
  });
  expect([result, runs]).toEqual(['done', 3]);
});

test('retries end after the maximum number of attempts, and other errors are not retried', async () => {
  let runs = 0;
  const failing = (error: Error) => () => {
    runs++;
    return Promise.reject(error);
  };
  await expect(withRetry(failing(conflict()), { attempts: 4, baseDelayMs: 1 })).rejects.toThrow('serialize');
  expect(runs).toBe(4);
  runs = 0;
  await expect(withRetry(failing(new DatabaseError('unique_violation', 'twice')))).rejects.toThrow('twice');
  expect(runs).toBe(1);
});

test('a full disk and a lost connection are distinguished from other errors', () => {
  const withCode = (code: string) => Object.assign(new Error('failed'), { code });
  expect(toDatabaseError(withCode('53100')).kind).toBe('disk_full');
  expect(toDatabaseError(withCode('ENOSPC')).kind).toBe('disk_full');
  expect(toDatabaseError(new Error('could not extend file "base/5": No space left on device')).kind).toBe('disk_full');
  expect(toDatabaseError(withCode('ECONNREFUSED')).kind).toBe('connection_lost');
  expect(toDatabaseError(withCode('08006')).kind).toBe('connection_lost');
  expect(toDatabaseError(new Error('Connection terminated unexpectedly')).kind).toBe('connection_lost');
  expect(toDatabaseError(new Error('anything')).kind).toBe('other');
});

test('bug: a pod that is being replaced, or a failed name resolution, was an internal error', () => {
  for (const code of ['EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN', 'ENOTFOUND', '53300'])
    expect(toDatabaseError(Object.assign(new Error('failed'), { code })).kind, code).toBe('connection_lost');
  expect(toDatabaseError(new Error('timeout exceeded when trying to connect')).kind).toBe('timeout');
});
