import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findOnPath, isExecutable, runCommand, toolCacheDir } from '@athanor/nats-server';
import { type Available, unavailable } from './availability.js';

const MODULE = 'github.com/fullstorydev/grpcurl/cmd/grpcurl';
const VERSION = '1.9.4';
const BUILD_TIMEOUT_MS = 900_000;

/**
 * grpcurl from the PATH, from the tool cache, or built from source by Go, which verifies it with its checksum database.
 */
export async function findGrpcurl(): Promise<Available<{ readonly path: string }>> {
  const onPath = await findOnPath('grpcurl', process.env);
  if (onPath !== undefined) return { available: true, path: onPath };
  const cached = join(toolCacheDir(process.env), 'grpcurl', VERSION, 'grpcurl');
  if (await isExecutable(cached)) return { available: true, path: cached };
  const go = await findOnPath('go', process.env);
  if (go === undefined) return unavailable('grpcurl', 'it is not on PATH, and there is no go to build it');
  try {
    await build(go, cached);
  } catch (error) {
    return unavailable('grpcurl', `go install failed: ${(error as Error).message}`);
  }
  return { available: true, path: cached };
}

/** Moved atomically, so that concurrent builds leave one complete program. */
async function build(go: string, target: string): Promise<void> {
  const folder = dirname(target);
  await mkdir(folder, { recursive: true });
  const scratch = await mkdtemp(join(folder, 'scratch-'));
  try {
    const env = { ...process.env, GOBIN: scratch, CGO_ENABLED: '0' };
    await runCommand(go, ['install', '-trimpath', `${MODULE}@v${VERSION}`], { env, timeoutMs: BUILD_TIMEOUT_MS });
    await chmod(join(scratch, 'grpcurl'), 0o755);
    await rename(join(scratch, 'grpcurl'), target);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
