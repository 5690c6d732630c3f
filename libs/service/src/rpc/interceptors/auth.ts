import { methodRule } from '@athanor/contracts';
import type { Authenticate, Principal } from '../../auth/index.js';
import { ServiceError } from '../../errors/index.js';
import type { CallContext, Interceptor } from '../call-context.js';

export interface AuthOptions {
  readonly authenticate: Authenticate;
  /** Services are known by their token and by a certificate of the mesh: a token alone, perhaps stolen, opens nothing. */
  readonly certifiedServices: boolean;
}

/** Finds out who calls. Methods that ask for no permission may be called without a credential. */
export function auth({ authenticate, certifiedServices }: AuthOptions): Interceptor {
  return (context, next) => {
    const rule = methodRule(context.method);
    if (rule !== undefined && rule.permission === undefined) return next();
    const principal = authenticate(context.metadata('authorization'));
    const enter = (who: Principal) => {
      if (certifiedServices && who.kind === 'service') checkCertified(context);
      context.principal = who;
      return next();
    };
    return principal instanceof Promise ? principal.then(enter) : enter(principal);
  };
}

function checkCertified(context: CallContext): void {
  if (context.isCertified()) return;
  const remedy = 'call the mesh listener (MESH_PORT) with MESH_CERT_FILE and MESH_KEY_FILE';
  throw new ServiceError('UNAUTHENTICATED', `a service's token came without a certificate of the mesh; ${remedy}`, {
    reason: 'UNAUTHENTICATED',
  });
}
