import { RpcError } from '@athanor/client';
import { RuntimeFailure } from '@athanor/runtime';
import { expect, test } from 'vitest';
import { TrainingDiverged } from '../engine/index.js';
import { runAttempt } from './attempt.js';
import type { AttemptClient } from './attempt-client.js';
import { toFailure } from './failure.js';

test('a failure that would come again ends the job', () => {
  const error = Object.create(TrainingDiverged.prototype, { name: { value: 'TrainingDiverged' } }) as Error;
  expect(toFailure(error)).toMatchObject({ reason: 'TrainingDiverged', retryable: false });
  expect(toFailure(new RuntimeFailure('RUN_FAILED', 'x'))).toMatchObject({ code: 13, retryable: true });
});

test('a dataset that was deleted ends the job at once, with what ingest says', () => {
  const message = "version 1 of dataset 'd' was deleted";
  const notFound = (reason: string) =>
    new RpcError({ code: 'NOT_FOUND', message, method: '/a/ReadBlob', details: { reason } });
  const gone = { code: 5, reason: 'DatasetDeleted', message, retryable: false };
  expect(toFailure(notFound('DATASET_DELETED'))).toEqual(gone);
  expect(toFailure(notFound('NOT_FOUND'))).toMatchObject({ retryable: true });
});

test('bug: that a GPU was missing was never told to the service', async () => {
  const line = 'GPU required: no libcuda.so.1';
  const calls: string[] = [];
  const client = {
    async claim() {
      calls.push('claim');
      return { spec: {}, epoch: 1, leaseMs: 1_000, checkpointStep: 0, checkpointDigest: '' };
    },
  } as never as AttemptClient;
  const chooseProvider = (): never => {
    calls.push('choose');
    throw new RuntimeFailure('NO_GPU', line);
  };
  const failed = runAttempt({ client, stop: new AbortController(), tell: () => undefined, chooseProvider });
  const error = await failed.catch((thrown: Error) => thrown);
  // Only who has claimed has an epoch, and is listened to.
  expect(calls).toEqual(['claim', 'choose']);
  expect(toFailure(error as Error)).toEqual({ code: 9, reason: 'NoGpu', message: line, retryable: false });
});
