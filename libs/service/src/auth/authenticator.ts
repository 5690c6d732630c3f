import { ServiceError } from '../errors/index.js';
import { isApiKey } from './api-keys.js';
import type { KeyRing } from './key-ring.js';
import type { Principal } from './principal.js';
import type { TokenAuthority } from './tokens.js';

/** Authenticates an "authorization" header, or throws UNAUTHENTICATED. */
export type Authenticate = (authorization: string | undefined) => Principal | Promise<Principal>;

export function createAuthenticator(keys: KeyRing, tokens: TokenAuthority): Authenticate {
  return authorization => {
    if (authorization === undefined) {
      throw unauthenticated('no credential was sent', 'send metadata "authorization: Bearer <API key>"');
    }
    const [scheme = '', credential = ''] = authorization.split(' ', 2);
    if (scheme.toLowerCase() !== 'bearer' || credential === '') {
      throw unauthenticated('the authorization metadata is not "Bearer <API key>"', 'send it in this form');
    }
    if (!isApiKey(credential)) return verifyToken(credential, tokens);
    const principal = keys.verify(credential);
    if (principal === undefined) throw unknownCredential();
    return principal;
  };
}

async function verifyToken(token: string, tokens: TokenAuthority): Promise<Principal> {
  const principal = await tokens.verify(token);
  if (principal === undefined) throw unknownCredential();
  return principal;
}

function unknownCredential(): ServiceError {
  return unauthenticated('the credential is unknown or has expired', 'check the API key, or ask for a new one');
}

function unauthenticated(what: string, remedy: string): ServiceError {
  return new ServiceError('UNAUTHENTICATED', `${what}; ${remedy}`, { reason: 'UNAUTHENTICATED' });
}
