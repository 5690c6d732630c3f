import { ServiceError } from '../../errors/index.js';
import type { CallContext, Interceptor } from '../call-context.js';

/** Unary calls without a deadline get the default one; when it passes, the handler's signal is aborted. */
export function deadline(defaultMs: number): Interceptor {
  return async (context, next) => {
    if (context.deadlineMs === Number.POSITIVE_INFINITY && !context.isStream)
      context.deadlineMs = Date.now() + defaultMs;
    if (context.deadlineMs === Number.POSITIVE_INFINITY) return await next();
    const remainingMs = context.deadlineMs - Date.now();
    if (remainingMs <= 0) throw exceeded(context);
    const timer = setTimeout(() => context.abort(exceeded(context)), Math.min(remainingMs, 0x7fffffff));
    try {
      await next();
    } finally {
      clearTimeout(timer);
    }
  };
}

function exceeded(context: CallContext): ServiceError {
  return new ServiceError('DEADLINE_EXCEEDED', `the deadline of ${context.method} has passed; set a longer one`);
}
