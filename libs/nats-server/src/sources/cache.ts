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
 * Lets `build` make the program in a scratch folder and then moves it into the cache in one rename, so that a process
 * that is killed, or two that run at once, never leave half a program there.
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
