import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';

// Keys look like athanor_<id>_<secret>. Secrets are 256 random bits, so a plain SHA-256 is as good as a slow hash.

const KEY_PATTERN = /^athanor_([0-9a-f]{8})_([A-Za-z0-9_-]{43})$/;

const keysFileSchema = z.strictObject({
  keys: z.array(
    z.strictObject({
      id: z.string().regex(/^[0-9a-f]{8}$/, 'expected 8 hexadecimal digits'),
      hash: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hexadecimal digits'),
      tenant: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected lower case letters, digits and hyphens'),
      permissions: z.array(z.string()).min(1, 'expected at least one permission, or "*"'),
      expires: z.iso.datetime().optional(),
      note: z.string().optional(),
    }),
  ),
});

/** One entry of a keys file: all that is stored of a key. */
export type ApiKeyEntry = z.output<typeof keysFileSchema>['keys'][number];

/** Makes a new key: the text for its holder and the entry for the keys file. */
export function createApiKey(options: { tenant: string; permissions: string[]; note?: string }): {
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

/** Throws with every problem of the file's content. */
export function parseKeysFile(content: string): ApiKeyEntry[] {
  return keysFileSchema.parse(JSON.parse(content)).keys;
}
