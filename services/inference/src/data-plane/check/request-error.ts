import { ServiceError } from '@athanor/service';

/** An invalid request. */
export function invalidRequest(message: string): ServiceError {
  return new ServiceError('INVALID_ARGUMENT', message);
}

/** The same with the prefix of Triton's core messages (InferenceRequest::LogRequest). */
export function invalidInference(requestId: string, message: string): ServiceError {
  return invalidRequest(`[request id: ${requestId === '' ? '<id_unknown>' : requestId}] ${message}`);
}

/** A shape in Triton's notation. */
export function printShape(shape: readonly number[]): string {
  return `[${shape.join(',')}]`;
}
