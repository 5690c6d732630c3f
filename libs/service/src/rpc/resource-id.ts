import { canonicalJson, sha256Digest } from '@athanor/contracts';
import { ServiceError } from '../errors/index.js';

const RESOURCE_ID = /^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$/;

/** Validates a name chosen by a caller, because it becomes part of subjects and reports. */
export function checkResourceId(field: string, value: string): string {
  if (RESOURCE_ID.test(value)) return value;
  const expected =
    'expected 1 to 63 lower case letters, digits, hyphens and underscores, with a letter or digit at both ends';
  throw new ServiceError('INVALID_ARGUMENT', `${field}: ${expected}; got '${value.slice(0, 80)}'`, {
    reason: 'INVALID_FIELDS',
    violations: [{ field, description: expected }],
  });
}

/** Fingerprint of a request for its idempotency key: equal for a repeated request, different for another one. */
export function requestFingerprint(request: { readonly requestId: string }): string {
  return sha256Digest(canonicalJson({ ...request, requestId: '' }));
}

/** The same key was used with a different request: neither the first response nor execution would be correct. */
export function checkSameRequest(requestId: string, earlier: string, now: string): void {
  if (earlier === now) return;
  const message = `request_id '${requestId}' was used for a different request; choose a new request_id`;
  throw new ServiceError('ALREADY_EXISTS', message, { reason: 'REQUEST_ID_REUSED' });
}
