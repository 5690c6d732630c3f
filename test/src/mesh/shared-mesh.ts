import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AthanorClient, createAthanorClient, RpcError } from '@athanor/client';
import type { MeshAddresses } from '@athanor/mesh';
import { findHome } from '@athanor/mesh/home';
import { addKey } from '@athanor/mesh/keys';
import { createApiKey } from '@athanor/service/api-keys';
import { eventually } from './main-job.js';
import { removeHome } from './test-mesh.js';

/** The mesh that all files of the e2e lane share, for those that neither stop it nor need another one: see global-setup.ts. */
export interface SharedMesh {
  readonly home: string;
  readonly addresses: MeshAddresses;
}

declare module 'vitest' {
  interface ProvidedContext {
    mesh: SharedMesh;
  }
}

/** One file's part of the shared mesh: an empty tenant. */
export interface TestTenant {
  readonly tenant: string;
  readonly apiKey: string;
  readonly addresses: MeshAddresses;
  readonly client: AthanorClient;
  /** For the command line: selects the mesh as this tenant. */
  readonly env: Readonly<Record<string, string>>;
  /** An empty folder, which is also the HOME of `env`. */
  readonly folder: string;
  close(): Promise<void>;
}

export async function openTenant(mesh: SharedMesh, label: string): Promise<TestTenant> {
  const tenant = `${label}-${Date.now().toString(36)}`;
  const { addresses } = mesh;
  const apiKey = await createKey(mesh, tenant);
  const folder = await mkdtemp(join(tmpdir(), `athanor-${label}-`));
  const client = createAthanorClient({ addresses, apiKey });
  const entries = Object.entries(addresses).map(([name, address]) => [
    `ATHANOR_${name.toUpperCase()}_ADDRESS`,
    address,
  ]);
  return {
    ...{ tenant, apiKey, addresses, client, folder },
    env: { ...Object.fromEntries(entries), ATHANOR_API_KEY: apiKey, HOME: folder },
    async close() {
      client.close();
      await removeHome(folder);
    },
  };
}

/** A key with all permissions of a tenant, returned once every service accepts it. */
export async function createKey({ home, addresses }: SharedMesh, tenant: string): Promise<string> {
  const { key, entry } = createApiKey({ tenant, permissions: ['*'] });
  await addKey(await findHome(home), entry);
  const client = createAthanorClient({ addresses, apiKey: key });
  const isKnown = (call: Promise<unknown>) =>
    call.then(
      () => true,
      error => !(error instanceof RpcError && error.code === 'UNAUTHENTICATED'),
    );
  await eventually('the key to be known', async () => {
    const { ingest, training, registry, inference } = client;
    const calls = [ingest.listDatasets({}), training.listTrainingJobs({}), registry.listModels({})];
    const known = await Promise.all([...calls, inference.serverMetadata({})].map(isKnown));
    return known.every(Boolean);
  });
  client.close();
  return key;
}
