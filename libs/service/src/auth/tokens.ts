import { readFile } from 'node:fs/promises';
import { SERVICES, type ServiceName } from '@athanor/contracts';
// Sub-paths instead of all of jose: no start-up needs its encryption and key sets.
import { SignJWT } from 'jose/jwt/sign';
import { jwtVerify } from 'jose/jwt/verify';
import type { Principal } from './principal.js';

// JSON Web Tokens (RFC 7519), HMAC-SHA-256 with the mesh's secret: for services, and for single training attempts.

const SERVICE_AUDIENCE = 'athanor-mesh';
const ATTEMPT_AUDIENCE = 'athanor-attempt';
const SERVICE_TOKEN_SECONDS = 300;
const ATTEMPT_TOKEN_SECONDS = 7 * 24 * 3600;

/** On whose behalf a service calls another; without a tenant it acts on its own behalf. */
export interface OnBehalfOf {
  readonly tenant?: string | undefined;
  readonly actor?: string | undefined;
}

/** Signs and verifies the mesh's own tokens. */
export interface TokenAuthority {
  serviceToken(service: string, onBehalfOf?: OnBehalfOf): Promise<string>;
  attemptToken(attemptId: string, tenant: string): Promise<string>;
  /** Undefined for a token that is not ours, has expired or was modified. */
  verify(token: string): Promise<Principal | undefined>;
}

export async function loadMeshSecret(path: string): Promise<Uint8Array> {
  const secret = (await readFile(path, 'utf8')).trim();
  if (secret.length < 32)
    throw new Error(`the mesh secret in ${path} has ${secret.length} characters, expected at least 32`);
  return new TextEncoder().encode(secret);
}

export function createTokenAuthority(secret: Uint8Array): TokenAuthority {
  const cache = new Map<string, { token: string; renewAt: number }>();
  return {
    async serviceToken(service, onBehalfOf = {}) {
      const { tenant, actor } = onBehalfOf;
      const key = JSON.stringify([service, tenant, actor]);
      const cached = cache.get(key);
      if (cached !== undefined && cached.renewAt > Date.now()) return cached.token;
      const token = await sign({ tenant, actor }, { subject: service, audience: SERVICE_AUDIENCE, secret });
      if (cache.size > 10_000) cache.clear();
      cache.set(key, { token, renewAt: Date.now() + SERVICE_TOKEN_SECONDS * 500 });
      return token;
    },
    attemptToken: (attemptId, tenant) => sign({ tenant }, { subject: attemptId, audience: ATTEMPT_AUDIENCE, secret }),
    verify: token => verify(token, secret),
  };
}

async function sign(
  claims: OnBehalfOf,
  { subject, audience, secret }: { subject: string; audience: string; secret: Uint8Array },
): Promise<string> {
  const seconds = audience === ATTEMPT_AUDIENCE ? ATTEMPT_TOKEN_SECONDS : SERVICE_TOKEN_SECONDS;
  return await new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(`${seconds}s`)
    .sign(secret);
}

async function verify(token: string, secret: Uint8Array): Promise<Principal | undefined> {
  try {
    const audience = [SERVICE_AUDIENCE, ATTEMPT_AUDIENCE];
    const { payload } = await jwtVerify(token, secret, {
      algorithms: ['HS256'],
      audience,
      requiredClaims: ['exp', 'sub'],
    });
    const { sub: id = '', aud, tenant, actor } = payload as typeof payload & OnBehalfOf;
    if (aud === ATTEMPT_AUDIENCE) {
      return { kind: 'attempt', id, tenant, actor: `attempt:${id}`, permissions: new Set(['attempts.run']) };
    }
    const permissions = new Set<string>(Object.hasOwn(SERVICES, id) ? SERVICES[id as ServiceName].permissions : []);
    return { kind: 'service', id, tenant, actor: actor ?? `service:${id}`, permissions };
  } catch {
    // The caller only learns that a token is not accepted, not why.
    return undefined;
  }
}
