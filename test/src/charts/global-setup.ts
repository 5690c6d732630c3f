import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../mesh/run-athanor.js';
import { TEST_BED } from './tools.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the control plane that the files of a run share. The first file that needs it starts it. */
    controlPlane: string;
  }
}

/** @returns a function that stops the control plane if a file has started it. */
export async function setup({ provide }: { provide(key: 'controlPlane', folder: string): void }) {
  const folder = await mkdtemp(join(tmpdir(), 'athanor-control-plane-'));
  provide('controlPlane', folder);
  return async () => {
    const state = join(folder, 'state');
    if (existsSync(state)) await runCommand('bash', [join(TEST_BED, 'stop.sh'), state]);
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
}
