import { createHash, type Hash } from 'node:crypto';
import { BlobError } from './blob-error.js';

const DIGEST = /^sha256:([0-9a-f]{64})$/;
const KEY = /^sha256\/([0-9a-f]{2})\/([0-9a-f]{62})$/;

/** `sha256/ab/cdef…`, the path of a blob. Only a digest of the exact form becomes part of a path. */
export function keyOf(digest: string): string {
  const hex = DIGEST.exec(digest)?.[1];
  if (!hex) {
    const found = JSON.stringify(String(digest).slice(0, 80));
    throw new BlobError(
      'invalid_digest',
      `${found} is not a digest: expected sha256: and 64 lower-case hexadecimal digits`,
    );
  }
  return `sha256/${hex.slice(0, 2)}/${hex.slice(2)}`;
}

/** @returns undefined for a key that is not a blob's. */
export function digestOfKey(key: string): string | undefined {
  const match = KEY.exec(key);
  return match ? `sha256:${match[1]}${match[2]}` : undefined;
}

export function digestOf(bytes: Uint8Array): string {
  return finishDigest(startDigest().update(bytes));
}

export function startDigest(): Hash {
  return createHash('sha256');
}

export function finishDigest(hash: Hash): string {
  return `sha256:${hash.digest('hex')}`;
}
