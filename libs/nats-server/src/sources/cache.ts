import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isExecutable } from '../command.js';
import { PINNED_VERSION } from '../pins.js';
import type { ServerSource } from '../source.js';

export function cachedServerPath(cacheDir: string, version: string = PINNED_VERSION): string {
  return join(cacheDir, 'nats-server', version, 'nats-server');
}

export function cacheSource(): ServerSource {
  return {
    name: 'tool cache',
    async locate({ cacheDir }) {
      const path = cachedServerPath(cacheDir);
      if (!(await isExecutable(path))) throw new Error(`nothing at ${path}`);
      return path;
    },
  };
}

/**
 * `build` creates the program in a scratch folder, which is then renamed into the cache, so that killed or concurrent
 * processes never leave a partial program there.
 */
export async function installIntoCache(cacheDir: string, build: (scratch: string) => Promise<string>): Promise<string> {
  const target = cachedServerPath(cacheDir);
  await mkdir(dirname(target), { recursive: true });
  const scratch = await mkdtemp(join(cacheDir, 'nats-server', 'scratch-'));
  try {
    const built = await build(scratch);
    await chmod(built, 0o755);
    await rename(built, target);
    return target;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
