import type { AthanorClient, ColumnInput } from '@athanor/client';
import { isRpcError } from '../exit-codes.js';
import { labelsOf, type OutputLabels, readDeployment } from './output-labels.js';

export interface ServedInput extends ColumnInput {
  /** -1 for a variable size. */
  readonly shape: readonly number[];
}

/** A deployed model as rows with named columns need it. */
export interface ServedColumns {
  readonly inputs: readonly ServedInput[];
  /** Class names; empty if the model has none, or if the key may not read models. */
  readonly classes: readonly string[];
  /** Those of the deployment; empty if it has none, or if the key may not read deployments. */
  readonly labels: OutputLabels;
  /** Whether a request has several rows. */
  readonly isBatched: boolean;
}

/** The inputs of a deployment, with the kinds of its columns if the key may read them. `version` is empty or a number. */
export async function readServedColumns(client: AthanorClient, name: string, version: string): Promise<ServedColumns> {
  const { inputs, versions } = await client.inference.modelMetadata({ name, version });
  const deployment = await readDeployment(client, name);
  const modelName = deployment?.modelName ?? name;
  const signature = await readSignature(client, modelName, Number(version || versions.at(-1)));
  const { kinds, classes, isBatched = inputs.every(({ shape }) => shape[0] === -1) } = signature;
  return {
    inputs: inputs.map(({ name: input, datatype, shape }) => ({
      ...{ name: input, datatype, shape, kind: kinds.get(input) ?? '' },
    })),
    ...{ classes, labels: labelsOf(deployment), isBatched },
  };
}

interface ReadSignature {
  readonly kinds: ReadonlyMap<string, string>;
  readonly classes: readonly string[];
  /** Undefined if the key may not read models. */
  readonly isBatched?: boolean;
}

async function readSignature(client: AthanorClient, modelName: string, version: number): Promise<ReadSignature> {
  try {
    const { modelVersion } = await client.registry.getModelVersion({ modelName, version }, { failFast: true });
    const { columns = [], classes = [] } = modelVersion?.signature ?? {};
    const kinds = new Map(columns.map(column => [column.name, column.type?.kind ?? '']));
    return { kinds, classes, isBatched: modelVersion?.batching?.enabled ?? true };
  } catch (error) {
    if (isRpcError(error)) return { kinds: new Map<string, string>(), classes: [] };
    throw error;
  }
}
