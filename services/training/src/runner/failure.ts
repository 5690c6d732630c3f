import {
  CheckpointCorrupt,
  CheckpointMismatch,
  InvalidTrainingData,
  InvalidTrainingSpec,
  TrainingDiverged,
} from '../engine/index.js';
import type { Failure } from './attempt-client.js';

const INVALID_ARGUMENT = 3;
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
  const [, code] = FINAL.find(([type]) => error instanceof type) ?? [];
  const { name: reason, message } = error;
  return { code: code ?? INTERNAL, reason, message, retryable: code === undefined };
}
