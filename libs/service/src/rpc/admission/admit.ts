import { type MethodRule, methodRule } from '@athanor/contracts';
import type { Authenticate, Principal } from '../../auth/index.js';
import { ServiceError } from '../../errors/index.js';

export interface AuthOptions {
  readonly authenticate: Authenticate;
  /** Services are known by their token and by a certificate of the mesh: a token alone, perhaps stolen, opens nothing. */
  readonly certifiedServices: boolean;
}

/** What is known of a call when only its headers have arrived. */
export interface CallHeaders {
  /** "/package.Service/Method". */
  readonly method: string;
  readonly authorization: string | undefined;
  readonly isCertified: () => boolean;
  /** What is wrong with another header, of which only a known caller is told. */
  readonly problem: ServiceError | undefined;
}

/** Health and liveness: probes carry no credential. */
export function isOpenMethod(method: string): boolean {
  const rule = methodRule(method);
  return rule !== undefined && rule.permission === undefined;
}

/** Decides over a call: who makes it (undefined where a method is open to everybody), or throws why it is refused. */
export type Admit = (headers: CallHeaders) => Principal | undefined | Promise<Principal>;

/**
 * The one place where it is decided who may call what, before any of the request is read. A method without a rule is none
 * of ours; its caller is told so, once it is known.
 */
export function createAdmission({ authenticate, certifiedServices }: AuthOptions): Admit {
  return headers => {
    const rule = methodRule(headers.method);
    if (isOpenMethod(headers.method)) {
      if (headers.problem !== undefined) throw headers.problem;
      return undefined;
    }
    const enter = (principal: Principal): Principal => {
      if (certifiedServices && principal.kind === 'service') checkCertified(headers);
      if (headers.problem !== undefined) throw headers.problem;
      if (rule === undefined) throw unimplemented(headers.method);
      checkPermission(principal, rule);
      return principal;
    };
    const principal = authenticate(headers.authorization);
    return principal instanceof Promise ? principal.then(enter) : enter(principal);
  };
}

function checkCertified({ isCertified }: CallHeaders): void {
  if (isCertified()) return;
  const remedy = 'call the mesh listener (MESH_PORT) with MESH_CERT_FILE and MESH_KEY_FILE';
  throw new ServiceError('UNAUTHENTICATED', `a service's token came without a certificate of the mesh; ${remedy}`, {
    reason: 'UNAUTHENTICATED',
  });
}

function checkPermission(principal: Principal, { meshOnly, permission = '' }: MethodRule): void {
  if (meshOnly && principal.kind !== 'service') throw denied('only services of the mesh may call this method');
  if (!principal.permissions.has(permission)) {
    throw denied(`the credential '${principal.id}' lacks the permission '${permission}'; ask for a key that has it`);
  }
}

function denied(message: string): ServiceError {
  return new ServiceError('PERMISSION_DENIED', message, { reason: 'PERMISSION_DENIED' });
}

function unimplemented(method: string): ServiceError {
  return new ServiceError('UNIMPLEMENTED', `the server does not implement the method ${method}`);
}
