import { RpcError } from '@athanor/client';
import { RuntimeFailure } from '@athanor/runtime';
import {
  CheckpointCorrupt,
  CheckpointMismatch,
  InvalidTrainingData,
  InvalidTrainingSpec,
  TrainingDiverged,
} from '../engine/index.js';
import type { Failure } from './attempt-client.js';

const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const FAILED_PRECONDITION = 9;
const INTERNAL = 13;

/** What would end the same way again, and so ends the job. */
const FINAL: readonly [abstract new (...args: never[]) => Error, number][] = [
  [TrainingDiverged, FAILED_PRECONDITION],
  [CheckpointMismatch, FAILED_PRECONDITION],
  [CheckpointCorrupt, FAILED_PRECONDITION],
  [InvalidTrainingData, INVALID_ARGUMENT],
  [InvalidTrainingSpec, INVALID_ARGUMENT],
];

export function toFailure(error: Error): Failure {
  // Where a GPU is required and cannot be used, what is missing is missing in every pod of the same shape.
  if (error instanceof RuntimeFailure && error.code === 'NO_GPU')
    return { code: FAILED_PRECONDITION, reason: 'NoGpu', message: error.message, retryable: false };
  // What ingest says of a dataset that was deleted: it does not come back, since numbers of versions go on.
  if (error instanceof RpcError && error.reason === 'DATASET_DELETED')
    return { code: NOT_FOUND, reason: 'DatasetDeleted', message: error.message, retryable: false };
  const [, code] = FINAL.find(([type]) => error instanceof type) ?? [];
  const { name: reason, message } = error;
  return { code: code ?? INTERNAL, reason, message, retryable: code === undefined };
}
