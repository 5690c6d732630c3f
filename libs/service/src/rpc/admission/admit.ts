import { type MethodRule, methodRule } from '@athanor/contracts';
import type { Authenticate, Principal } from '../../auth/index.js';
import { ServiceError } from '../../errors/index.js';

export interface AuthOptions {
  readonly authenticate: Authenticate;
  /** A service must present its token and a certificate of the mesh: a token alone, perhaps stolen, gives no access. */
  readonly certifiedServices: boolean;
}

/** What is known about a call at its headers. */
export interface CallHeaders {
  /** "/package.Service/Method". */
  readonly method: string;
  readonly authorization: string | undefined;
  readonly isCertified: () => boolean;
  /** Problem of another header, reported to authenticated callers only. */
  readonly problem: ServiceError | undefined;
}

/** Health and liveness, because probes have no credential. */
export function isOpenMethod(method: string): boolean {
  const rule = methodRule(method);
  return rule !== undefined && rule.permission === undefined;
}

/**
 * Admits a call: returns its caller (undefined if the method is open to everybody), or throws the reason of the
 * refusal.
 */
export type Admit = (headers: CallHeaders) => Principal | undefined | Promise<Principal>;

/**
 * The only place that decides who may call what, before any of the request is read. A method without a rule does not
 * exist; only authenticated callers receive that answer.
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
  throw new ServiceError('UNAUTHENTICATED', `a service's token was sent without a certificate of the mesh; ${remedy}`, {
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
