import { RuntimeFailure, shortReason } from '@athanor/runtime';
import { ServiceError } from '@athanor/service';

export function isRunnerGone(error: unknown): boolean {
  return error instanceof RuntimeFailure && (error.code === 'RUNNER_LOST' || error.code === 'CLOSED');
}

/** What a caller may see of a failed run. */
export function toRunError(error: unknown): ServiceError {
  const message = error instanceof Error ? error.message : String(error);
  return new ServiceError('INTERNAL', `onnx runtime error: ${shortReason(message)}`, { cause: error });
}
