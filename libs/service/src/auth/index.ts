export { createApiKey, hashApiKey, isApiKey } from './api-keys.js';
export { type Authenticate, createAuthenticator } from './authenticator.js';
export { KeyRing } from './key-ring.js';
export { type ApiKeyEntry, parseKeysFile } from './keys-file.js';
export type { Principal } from './principal.js';
export { createTokenAuthority, loadMeshSecret, type OnBehalfOf, type TokenAuthority } from './tokens.js';
