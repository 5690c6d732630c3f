import { ServiceError } from '@athanor/service';

/** A request that is wrong in itself. */
export function invalidRequest(message: string): ServiceError {
  return new ServiceError('INVALID_ARGUMENT', message);
}

/** The same with the prefix that Triton's core puts before its messages (InferenceRequest::LogRequest). */
export function invalidInference(requestId: string, message: string): ServiceError {
  return invalidRequest(`[request id: ${requestId === '' ? '<id_unknown>' : requestId}] ${message}`);
}

/** A shape as Triton prints it. */
export function printShape(shape: readonly number[]): string {
  return `[${shape.join(',')}]`;
}
