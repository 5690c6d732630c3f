import { GradientError, MissingGradientError } from '@athanor/autodiff';
import { RpcError } from '@athanor/client';
import { TypeInferenceError } from '@athanor/onnx';
import { RuntimeFailure } from '@athanor/runtime';
import { SafetensorsError } from '@athanor/tensor';
import { expect, test } from 'vitest';
import { InsufficientMemory, InvalidTrainingData, TrainingDiverged } from '../engine/index.js';
import { UnsupportedTargets } from '../tasks/task.js';
import { runAttempt } from './attempt.js';
import type { AttemptClient } from './attempt-client.js';
import { toFailure } from './failure.js';
import { HeartbeatLost } from './heartbeat.js';

test('a failure that would repeat ends the job', () => {
  expect(toFailure(TrainingDiverged.ofPredictions('test', 1))).toMatchObject({
    reason: 'TrainingDiverged',
    retryable: false,
  });
  expect(toFailure(new RuntimeFailure('RUN_FAILED', 'x'))).toMatchObject({ code: 13, retryable: true });
});

test.each([
  new UnsupportedTargets('text'),
  new InsufficientMemory({ needed: 2 ** 33, limit: 2 ** 32, state: 2 ** 20, batchSize: 64, windows: 0 }),
  new MissingGradientError({ op: 'Det', outputs: ['y'] } as never),
  new GradientError('x'),
  new TypeInferenceError('x'),
  new SafetensorsError('x'),
  new InvalidTrainingData('x'),
  new RuntimeFailure('INVALID_MODEL', 'x'),
  new Error('expected one thing, received another'),
  new RpcError({ code: 'RESOURCE_EXHAUSTED', message: 'message larger than max', method: '/a/CompleteAttempt' }),
  new RpcError({
    ...{ code: 'RESOURCE_EXHAUSTED', message: 'larger than this server takes', method: '/a/CompleteAttempt' },
    details: { reason: 'MESSAGE_TOO_LARGE' },
  }),
  new RpcError({ code: 'INVALID_ARGUMENT', message: 'x', method: '/a/CompleteAttempt' }),
])('bug: %s was retried although every attempt would fail with it', error => {
  expect(toFailure(error).retryable).toBe(false);
});

test.each([
  new RpcError({ code: 'UNAVAILABLE', message: 'x', method: '/a/ReadBlob' }),
  new RpcError({ code: 'RESOURCE_EXHAUSTED', message: 'full', method: '/a/WriteBlob', details: { reason: 'STORAGE' } }),
  new HeartbeatLost('exit code 1'),
  Object.assign(new Error('no space left on device'), { errno: -28, code: 'ENOSPC' }),
])('%s is transient, so another attempt is made', error => {
  expect(toFailure(error).retryable).toBe(true);
});

test("a deleted dataset ends the job at once, with ingest's message", () => {
  const message = "version 1 of dataset 'd' was deleted";
  const notFound = (reason: string) =>
    new RpcError({ code: 'NOT_FOUND', message, method: '/a/ReadBlob', details: { reason } });
  const gone = { code: 5, reason: 'DatasetDeleted', message, retryable: false };
  expect(toFailure(notFound('DATASET_DELETED'))).toEqual(gone);
  expect(toFailure(notFound('NOT_FOUND'))).toMatchObject({ retryable: false });
});

test('bug: a missing GPU was never reported to the service', async () => {
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
  const failed = runAttempt({ client, stop: new AbortController(), log: () => undefined, chooseProvider });
  const error = await failed.catch((thrown: Error) => thrown);
  // Only a claimed attempt has a fencing token and may report.
  expect(calls).toEqual(['claim', 'choose']);
  expect(toFailure(error as Error)).toEqual({ code: 9, reason: 'NoGpu', message: line, retryable: false });
});
