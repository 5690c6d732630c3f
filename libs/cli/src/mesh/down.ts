import { endProcess } from '@athanor/mesh/state';
import type { CommandContext } from '../commands/command-context.js';
import { readMesh } from './running-mesh.js';

export async function down(context: CommandContext): Promise<void> {
  const { home, state } = await readMesh(context);
  if (state === undefined) {
    context.terminal.err(`No mesh runs in ${home}.\n`);
    return;
  }
  await endProcess(state.supervisor, 60_000);
  context.terminal.err(`The mesh in ${home} has stopped.\n`);
}
