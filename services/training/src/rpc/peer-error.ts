import { RpcError } from '@athanor/client';
import { type Code, ServiceError } from '@athanor/service';

// Errors that the caller can correct are passed on unchanged; all others are internal.
const PASSED_ON: readonly string[] = [
  'NOT_FOUND',
  'INVALID_ARGUMENT',
  'FAILED_PRECONDITION',
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
];

/** Translates the error of a call to another service, made on the caller's behalf. */
export function toRpcFailure(error: unknown): unknown {
  if (!(error instanceof RpcError) || !PASSED_ON.includes(error.code)) return error;
  const { reason, metadata, violations } = error;
  return new ServiceError(error.code as Code, error.message, { reason, metadata, violations, cause: error });
}
