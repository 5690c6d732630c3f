import { ServiceError } from '../../errors/index.js';
import type { Interceptor } from '../call-context.js';

/** Messages may contain names chosen by callers, so they are cut. */
const MAX_MESSAGE_CHARS = 500;

/** One line per call: callers' errors at info, internal ones at error with the stack, successes at debug. */
export const logging: Interceptor = async (context, next) => {
  const start = performance.now();
  const fields = () => ({ method: context.method, ms: Math.round((performance.now() - start) * 10) / 10 });
  try {
    await next();
    if (context.logs('debug')) context.log.debug(fields(), 'call served');
  } catch (error) {
    const code = error instanceof ServiceError ? error.code : 'INTERNAL';
    const ours = code === 'INTERNAL' || code === 'UNKNOWN' || code === 'DATA_LOSS';
    if (ours) context.log.error({ ...fields(), code, err: error }, 'call failed');
    else context.log.info({ ...fields(), code, error: messageOf(error) }, 'call failed');
    throw error;
  }
};

function messageOf(error: unknown): string {
  return (error as Error).message.slice(0, MAX_MESSAGE_CHARS);
}
