import { ServiceError, translateFailure } from '../../errors/index.js';
import type { Interceptor } from '../call-context.js';

/**
 * Passes ServiceErrors on, translates those of the storage, and hides all others behind INTERNAL; causes are logged.
 */
export const errorMapping: Interceptor = async (context, next) => {
  try {
    await next();
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    if (context.abortReason !== undefined) throw aborted(context.abortReason, error);
    const translated = translateFailure(error);
    if (translated !== undefined) throw translated;
    const message = `an internal error; the log has it under request id ${context.requestId}`;
    throw new ServiceError('INTERNAL', message, { reason: 'INTERNAL', cause: error });
  }
};

function aborted(reason: unknown, cause: unknown): ServiceError {
  if (reason instanceof ServiceError) return reason;
  return new ServiceError('CANCELLED', 'the caller cancelled the call', { cause });
}
