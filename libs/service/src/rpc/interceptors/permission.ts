import { type MethodRule, methodRule } from '@athanor/contracts';
import type { Principal } from '../../auth/index.js';
import { ServiceError } from '../../errors/index.js';
import type { Interceptor } from '../call-context.js';

/** The one place where permission is decided. A method without a rule is refused. */
export const permission: Interceptor = (context, next) => {
  const rule = methodRule(context.method);
  if (rule === undefined) throw denied(`no rule allows anyone to call ${context.method}`);
  if (rule.permission !== undefined) check(context.principal, rule, rule.permission);
  return next();
};

function check(principal: Principal, rule: MethodRule, needed: string): void {
  if (rule.meshOnly && principal.kind !== 'service') throw denied('only services of the mesh may call this method');
  if (!principal.permissions.has(needed)) {
    throw denied(`the credential '${principal.id}' lacks the permission '${needed}'; ask for a key that has it`);
  }
}

function denied(message: string): ServiceError {
  return new ServiceError('PERMISSION_DENIED', message, { reason: 'PERMISSION_DENIED' });
}
