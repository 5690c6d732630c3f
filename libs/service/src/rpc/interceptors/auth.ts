import { methodRule } from '@athanor/contracts';
import type { Authenticate } from '../../auth/index.js';
import type { Interceptor } from '../call-context.js';

/** Finds out who calls. Methods that ask for no permission may be called without a credential. */
export function auth(authenticate: Authenticate): Interceptor {
  return async (context, next) => {
    const rule = methodRule(context.method);
    if (rule === undefined || rule.permission !== undefined) {
      const principal = authenticate(context.metadata('authorization'));
      context.principal = principal instanceof Promise ? await principal : principal;
    }
    await next();
  };
}
