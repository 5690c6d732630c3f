import { methodRule } from '@athanor/contracts';
import type { Authenticate, Principal } from '../../auth/index.js';
import type { Interceptor } from '../call-context.js';

/** Finds out who calls. Methods that ask for no permission may be called without a credential. */
export function auth(authenticate: Authenticate): Interceptor {
  return (context, next) => {
    const rule = methodRule(context.method);
    if (rule !== undefined && rule.permission === undefined) return next();
    const principal = authenticate(context.metadata('authorization'));
    const enter = (who: Principal) => {
      context.principal = who;
      return next();
    };
    return principal instanceof Promise ? principal.then(enter) : enter(principal);
  };
}
