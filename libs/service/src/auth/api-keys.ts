import { createHash, randomBytes } from 'node:crypto';
import type { ApiKeyEntry } from './keys-file.js';

// Keys have the form athanor_<id>_<secret>. Secrets are 256 random bits, so a plain SHA-256 is as safe as a slow hash.

const KEY_PATTERN = /^athanor_([0-9a-f]{8})_([A-Za-z0-9_-]{43})$/;

/** Creates a key: the text for its holder and the entry for the keys file. */
export function createApiKey(options: Omit<ApiKeyEntry, 'id' | 'hash'>): {
  key: string;
  entry: ApiKeyEntry;
} {
  const id = randomBytes(4).toString('hex');
  const key = `athanor_${id}_${randomBytes(32).toString('base64url')}`;
  return { key, entry: { id, hash: hashApiKey(key), ...options } };
}

export function hashApiKey(key: string): string {
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}

export function isApiKey(text: string): boolean {
  return KEY_PATTERN.test(text);
}

export function apiKeyId(key: string): string | undefined {
  return KEY_PATTERN.exec(key)?.[1];
}
