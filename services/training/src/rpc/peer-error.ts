import { RpcError } from '@athanor/client';
import { type Code, ServiceError } from '@athanor/service';

// What the caller can set right is passed on as it is; the rest is our trouble.
const PASSED_ON: readonly string[] = [
  'NOT_FOUND',
  'INVALID_ARGUMENT',
  'FAILED_PRECONDITION',
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
];

/** The error for our caller when a call to another service, made for it, has failed. */
export function toRpcFailure(error: unknown): unknown {
  if (!(error instanceof RpcError) || !PASSED_ON.includes(error.code)) return error;
  const { reason, metadata, violations } = error;
  return new ServiceError(error.code as Code, error.message, { reason, metadata, violations, cause: error });
}
