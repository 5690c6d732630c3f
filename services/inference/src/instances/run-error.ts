import { RuntimeFailure } from '@athanor/runtime';
import { ServiceError } from '@athanor/service';

export function isRunnerGone(error: unknown): boolean {
  return error instanceof RuntimeFailure && (error.code === 'RUNNER_LOST' || error.code === 'CLOSED');
}

/** What a caller may see of a failed run. */
export function toRunError(error: unknown): ServiceError {
  const message = error instanceof Error ? error.message : String(error);
  return new ServiceError('INTERNAL', `onnx runtime error: ${shortReason(message)}`, { cause: error });
}

/**
 * The message up to where the runtime names its own source files, which callers must not see; the log has the whole
 * cause.
 */
export function shortReason(message: string): string {
  const [reason = ''] = message.split(/\S*[/\\]\S+\.(?:cc|cpp|cxx|h|hpp|cu)\b/);
  return reason.replace(/\s*Status Message:\s*$/, '') || 'the run failed';
}
