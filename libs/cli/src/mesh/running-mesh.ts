import { type MeshState, readRunningState } from '@athanor/mesh/state';
import type { CommandContext } from '../commands/command-context.js';
import { meshHome } from '../context/resolve-context.js';

/** The running mesh of the selected home folder. */
export async function readMesh({
  env,
  options,
}: CommandContext): Promise<{ home: string; state: MeshState | undefined }> {
  const home = await meshHome({ env, home: options.home });
  return { home: home.root, state: await readRunningState(home) };
}
