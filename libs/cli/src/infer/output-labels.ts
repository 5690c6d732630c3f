// Names of classes that a deployment gives to its outputs.

import type { AthanorClient, InferTensor } from '@athanor/client';
import type { Deployment } from '@athanor/contracts/registry';
import { isRpcError } from '../exit-codes.js';

/** By output. */
export type OutputLabels = ReadonlyMap<string, readonly string[]>;

export function labelsOf(deployment: Deployment | null): OutputLabels {
  return new Map((deployment?.serving?.labels?.outputs ?? []).map(({ output, labels }) => [output, labels]));
}

/** Null if it does not exist, or if the key may not read deployments. */
export async function readDeployment(client: AthanorClient, name: string): Promise<Deployment | null> {
  try {
    return (await client.registry.getDeployment({ name }, { failFast: true })).deployment;
  } catch (error) {
    if (isRpcError(error)) return null;
    throw error;
  }
}

/**
 * The label of each row of an output: of its largest value if the last dimension is the classes, of its value if that is
 * the number of a class. Undefined if the labels do not fit.
 */
export function rowLabels(
  { shape, datatype, data }: Pick<InferTensor, 'shape' | 'datatype' | 'data'>,
  labels: readonly string[],
): readonly string[] | undefined {
  if (labels.length === 0 || datatype === 'BYTES' || datatype === 'BOOL') return undefined;
  const values = Array.from(data as ArrayLike<number | bigint>, Number);
  if (shape.at(-1) === labels.length) {
    return Array.from({ length: values.length / labels.length }, (_, row) => {
      const scores = values.slice(row * labels.length, (row + 1) * labels.length);
      return labels[scores.indexOf(Math.max(...scores))] ?? '';
    });
  }
  const isNumberOfClass = /^U?INT/.test(datatype) && values.every(value => labels[value] !== undefined);
  return isNumberOfClass ? values.map(value => labels[value] ?? '') : undefined;
}
