import { ServiceError } from '../../errors/index.js';
import type { Interceptor } from '../call-context.js';

/** One line for each call: failures at info, those of ours at error, successes at debug. */
export const logging: Interceptor = async (context, next) => {
  const start = performance.now();
  const fields = () => ({ method: context.method, ms: Math.round((performance.now() - start) * 10) / 10 });
  try {
    await next();
    if (context.logs('debug')) context.log.debug(fields(), 'call served');
  } catch (error) {
    const code = error instanceof ServiceError ? error.code : 'INTERNAL';
    const ours = code === 'INTERNAL' || code === 'UNKNOWN' || code === 'DATA_LOSS';
    context.log[ours ? 'error' : 'info']({ ...fields(), code, err: error }, 'call failed');
    throw error;
  }
};
