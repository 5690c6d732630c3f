import { get } from 'node:http';
import type { MeshState } from '@athanor/mesh/state';
import type { CommandContext } from '../commands/command-context.js';
import { noMesh } from '../context/resolve-context.js';
import { fields, table } from '../output/render.js';
import { readMesh } from './running-mesh.js';

/** The processes of the selected home folder, and whether each service is ready. */
export async function showMeshStatus(context: CommandContext): Promise<void> {
  const { home, state } = await readMesh(context);
  if (state === undefined) throw noMesh({ env: context.env, home: context.options.home }, home);
  const services = await Promise.all(
    Object.entries(state.adminAddresses).map(async ([name, admin]) => {
      const address = state.addresses[name as keyof MeshState['addresses']];
      return { name, address, admin, ready: await isReady(admin) };
    }),
  );
  context.show({
    value: { ...state, services },
    text: () =>
      fields([
        ['Home', state.home],
        ['Credentials', state.credentialsFile],
        ['NATS', state.natsUrl],
        [
          'Processes',
          Object.entries(state.processes)
            .map(([name, { pid }]) => `${name} ${pid}`)
            .join(', '),
        ],
      ]) +
      table(
        ['SERVICE', 'ADDRESS', 'ADMIN', 'READY'],
        services.map(each => [each.name, each.address, each.admin, each.ready ? 'yes' : 'no']),
      ),
  });
}

function isReady(admin: string): Promise<boolean> {
  return new Promise(resolve => {
    const request = get(`http://${admin}/readyz`, { timeout: 2_000 }, response => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', () => resolve(false)).on('timeout', () => request.destroy());
  });
}
