import { RpcError } from '@athanor/client';
import { RuntimeFailure } from '@athanor/runtime';
import type { Failure } from './attempt-client.js';
import { HeartbeatLost } from './heartbeat.js';

// google.rpc codes.
const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const RESOURCE_EXHAUSTED = 8;
const FAILED_PRECONDITION = 9;
const UNIMPLEMENTED = 12;
const INTERNAL = 13;
const DATA_LOSS = 15;

/** Codes of errors by name; every other error of our own code is INTERNAL. */
const CODES: Readonly<Record<string, number>> = {
  TrainingDiverged: FAILED_PRECONDITION,
  InsufficientMemory: RESOURCE_EXHAUSTED,
  CheckpointMismatch: FAILED_PRECONDITION,
  CheckpointCorrupt: FAILED_PRECONDITION,
  InvalidTrainingData: INVALID_ARGUMENT,
  InvalidTrainingSpec: INVALID_ARGUMENT,
  ImportedModelFailure: FAILED_PRECONDITION,
  UnsupportedTargets: INVALID_ARGUMENT,
  UnsupportedInputs: INVALID_ARGUMENT,
  UnsupportedBase: FAILED_PRECONDITION,
  ModelError: FAILED_PRECONDITION,
  TransformError: INVALID_ARGUMENT,
  UnsupportedFormat: FAILED_PRECONDITION,
  MalformedShard: DATA_LOSS,
  MissingGradientError: UNIMPLEMENTED,
  GradientError: INVALID_ARGUMENT,
  SafetensorsError: DATA_LOSS,
};

/** Codes that another attempt would receive again. */
const PERMANENT_RPC_CODES: ReadonlySet<string> = new Set([
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'UNAUTHENTICATED',
  'FAILED_PRECONDITION',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'DATA_LOSS',
]);

/**
 * An attempt is repeated only after an error of something that may recover: another service, the disk, a device. An
 * error of our own code depends only on the job, and the next attempt would throw it again.
 */
export function toFailure(error: Error): Failure {
  // A required GPU that cannot be used is missing in every pod of the same shape.
  if (error instanceof RuntimeFailure && error.code === 'NO_GPU')
    return { code: FAILED_PRECONDITION, reason: 'NoGpu', message: error.message, retryable: false };
  // Ingest's reason for a deleted dataset: permanent, since version numbers are never reused.
  if (error instanceof RpcError && error.reason === 'DATASET_DELETED')
    return { code: NOT_FOUND, reason: 'DatasetDeleted', message: error.message, retryable: false };
  const { name: reason, message } = error;
  return { code: CODES[reason] ?? INTERNAL, reason, message, retryable: isRetryable(error) };
}

function isRetryable(error: Error): boolean {
  if (error instanceof RpcError) return !PERMANENT_RPC_CODES.has(error.code) && !isTooLarge(error);
  if (error instanceof HeartbeatLost) return true;
  // Memory or a device may be missing only here and now.
  if (error instanceof RuntimeFailure) return error.code === 'RUN_FAILED';
  // Operating system errors: a full disk, a broken connection.
  return 'errno' in error;
}

/** A message over the size limit: refused by our server, or by gRPC itself, which gives no reason. */
function isTooLarge({ code, reason }: RpcError): boolean {
  return code === 'RESOURCE_EXHAUSTED' && (reason === '' || reason === 'MESSAGE_TOO_LARGE');
}
