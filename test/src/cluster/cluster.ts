import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../mesh/test-mesh.js';
import { kubectl } from './kubectl.js';

// What the suite knows about its cluster, from the test bed next to the checkout, or from KUBECONFIG alone.

/** State of the test bed, if the cluster is one: its nodes can be disconnected, and its disk is this machine's. */
export const TEST_BED_STATE = process.env.ATHANOR_TEST_BED_STATE;

export const NAMESPACE = 'athanor-test';
export const RELEASE = 'mesh';
export const FULLNAME = 'mesh-athanor';

/** Why the suite cannot run here; undefined if it can. */
export const unavailable = await whyUnavailable();

async function whyUnavailable(): Promise<string | undefined> {
  if (process.env.KUBECONFIG === undefined) return 'KUBECONFIG is not set, and there is no test bed';
  if (!existsSync(join(ROOT, 'charts/athanor/Chart.yaml'))) return 'there is no chart';
  return await kubectl('version').then(
    () => undefined,
    (error: Error) => error.message,
  );
}

export interface NodeInfo {
  readonly name: string;
  readonly address: string;
}

export async function listNodes(): Promise<NodeInfo[]> {
  const { items } = JSON.parse(await kubectl('get', 'nodes', '-o', 'json')) as {
    items: { metadata: { name: string }; status: { addresses: { type: string; address: string }[] } }[];
  };
  return items.map(({ metadata, status }) => ({
    name: metadata.name,
    address: status.addresses.find(({ type }) => type === 'InternalIP')?.address ?? '',
  }));
}
