import { readFile } from 'node:fs/promises';
import { parseSelector } from '@athanor/placement';
import { z } from 'zod';

const poolsFileSchema = z.strictObject({
  pools: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'expected lower case letters, digits and hyphens'),
        address: z.string().regex(/^[^\s:,]+:\d+(,[^\s:,]+:\d+)*$/, 'expected host:port, or a comma-separated list'),
        models: z
          .array(z.string().superRefine(checkSelector))
          .min(1, 'expected at least one selector; "*" selects everything'),
      }),
    )
    .min(1, 'expected at least one pool'),
});

/** One pool of inference processes: their addresses, and what they serve. */
export type PoolEntry = z.output<typeof poolsFileSchema>['pools'][number];

/** Throws an error that lists all problems of the file. */
export async function readPoolsFile(path: string): Promise<PoolEntry[]> {
  try {
    const { pools } = poolsFileSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    const twice = pools.find(({ name }, index) => pools.findIndex(each => each.name === name) !== index);
    if (twice !== undefined) throw new Error(`expected unique pool names, received '${twice.name}' twice`);
    return pools;
  } catch (cause) {
    const why =
      cause instanceof z.ZodError
        ? cause.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`).join('; ')
        : (cause as Error).message;
    throw new Error(`POOLS_FILE: ${path} cannot be used: ${why}; expected {"pools": [{"name", "address", "models"}]}`, {
      cause,
    });
  }
}

function checkSelector(text: string, context: z.core.$RefinementCtx): void {
  try {
    parseSelector(text);
  } catch (error) {
    context.addIssue((error as Error).message);
  }
}
