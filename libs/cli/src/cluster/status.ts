import type { Addresses, AthanorClient } from '@athanor/client';
import { type CommandContext, withClient } from '../commands/command-context.js';
import type { MeshContext } from '../context/address-book.js';
import { isRpcError } from '../exit-codes.js';
import { table } from '../output/render.js';
import { listPods } from './pods.js';

interface ServiceStatus {
  readonly name: string;
  readonly address: string;
  /** Empty if it responds. */
  readonly problem: string;
}

const ASKED = { timeoutMs: 5_000, failFast: true };

/** The cheapest call of each service. */
const QUESTIONS: { readonly [S in keyof Addresses]: (client: AthanorClient) => Promise<unknown> } = {
  ingest: ({ ingest }) => ingest.listDatasets({ pageSize: 1 }, ASKED),
  training: ({ training }) => training.listTrainingJobs({ pageSize: 1 }, ASKED),
  registry: ({ registry }) => registry.listModels({ pageSize: 1 }, ASKED),
  async inference({ inference }) {
    // ServerReady needs no key; this call shows whether the key is accepted.
    await inference.serverMetadata({}, ASKED);
    const { ready } = await inference.serverReady({}, ASKED);
    if (!ready) throw new Error('the server is not ready');
  },
};

/** Whether the services of a context respond and, if it is a release in a cluster, the state of its pods. */
export async function showContextStatus(context: CommandContext, mesh: MeshContext): Promise<void> {
  const services = await withClient(context, client =>
    Promise.all(
      Object.entries(QUESTIONS).map(([name, ask]) => askService(name as keyof Addresses, { client, mesh, ask })),
    ),
  );
  const pods = mesh.cluster === undefined ? undefined : await listPods(mesh.cluster);
  context.show({
    value: { services, ...(pods && { pods }) },
    text: () =>
      table(
        ['SERVICE', 'ADDRESS', 'READY'],
        services.map(({ name, address, problem }) => [name, address, problem === '' ? 'yes' : `no: ${problem}`]),
      ) +
      (pods === undefined
        ? ''
        : `\n${table(
            ['POD', 'NODE', 'STATE', 'REASON'],
            pods.map(({ name, node, state, reason }) => [name, node || '-', state, reason]),
          )}`),
  });
}

async function askService(
  name: keyof Addresses,
  { client, mesh, ask }: { client: AthanorClient; mesh: MeshContext; ask: (client: AthanorClient) => Promise<unknown> },
): Promise<ServiceStatus> {
  const address = mesh.addresses[name];
  try {
    await ask(client);
    return { name, address, problem: '' };
  } catch (error) {
    const code = isRpcError(error) ? `${error.code}: ` : '';
    return { name, address, problem: `${code}${(error as Error).message}` };
  }
}
