import { z } from 'zod';

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

/** One entry of a keys file: everything that is stored about a key. */
export type ApiKeyEntry = z.output<typeof keysFileSchema>['keys'][number];

/** Throws an error with all problems of the file's content. */
export function parseKeysFile(content: string): ApiKeyEntry[] {
  return keysFileSchema.parse(JSON.parse(content)).keys;
}
