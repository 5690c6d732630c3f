import type { AthanorClient, ColumnInput } from '@athanor/client';
import { allPages } from '@athanor/client';
import { isRpcError } from '../exit-codes.js';

/** A deployed model as rows with named columns need it. */
export interface ServedColumns {
  readonly inputs: readonly ColumnInput[];
  /** Class names; empty if the model has none, or if the key may not read models. */
  readonly classes: readonly string[];
}

/** The inputs of a deployment, with the kinds of its columns if the key may read them. `version` is empty or a number. */
export async function readServedColumns(client: AthanorClient, name: string, version: string): Promise<ServedColumns> {
  const { inputs, versions } = await client.inference.modelMetadata({ name, version });
  const { kinds, classes } = await readSignature(client, name, Number(version || versions.at(-1)));
  return {
    inputs: inputs.map(input => ({ name: input.name, datatype: input.datatype, kind: kinds.get(input.name) ?? '' })),
    classes,
  };
}

async function readSignature(client: AthanorClient, name: string, version: number) {
  try {
    const modelName = await modelOf(client, name);
    const { modelVersion } = await client.registry.getModelVersion({ modelName, version }, { failFast: true });
    const { columns = [], classes = [] } = modelVersion?.signature ?? {};
    return { kinds: new Map(columns.map(column => [column.name, column.type?.kind ?? ''])), classes };
  } catch (error) {
    if (isRpcError(error)) return { kinds: new Map<string, string>(), classes: [] };
    throw error;
  }
}

async function modelOf(client: AthanorClient, name: string): Promise<string> {
  const pages = allPages(async pageToken => {
    const { deployments, nextPageToken } = await client.registry.listDeployments({ pageToken });
    return { items: deployments, nextPageToken };
  });
  for await (const deployment of pages) if (deployment.name === name) return deployment.modelName;
  return name;
}
