// A row that a version takes: what its columns usually have, where the statistics of its dataset can be read.

import type { AthanorClient } from '@athanor/client';
import type { Signature } from '@athanor/contracts/api';
import type { ColumnStatistics, DatasetColumn } from '@athanor/contracts/ingest';
import type { ModelVersion } from '@athanor/contracts/registry';
import { isRpcError } from '../exit-codes.js';

/** One input of a model, with a value as the command line takes it. */
export interface ExampleInput {
  readonly name: string;
  /** OIP datatype. */
  readonly datatype: string;
  /** Of one row; of the whole input of a model without a batch. */
  readonly shape: readonly number[];
  /** Kind of the column: "number", "category", "text", "timestamp" or "vector"; empty if unknown. */
  readonly kind: string;
  /** Undefined for tensors. */
  readonly value: number | boolean | string | undefined;
}

export async function exampleRow(client: AthanorClient, version: ModelVersion): Promise<ExampleInput[]> {
  const { signature } = version;
  if (signature === null) return [];
  const isBatched = isBatchedVersion(version);
  const statistics = new Map((await readColumns(client, version)).map(each => [each.column?.name, each.statistics]));
  return signature.inputs.map(input => toExample(input, { signature, isBatched }, statistics.get(input.name) ?? null));
}

/** Whether a request has rows: all models that were trained here, and imported ones with a batch. */
export function isBatchedVersion({ batching }: ModelVersion): boolean {
  return batching?.enabled ?? true;
}

/** Empty if the key may not read them, or if they are deleted. */
async function readColumns(client: AthanorClient, { jobIds }: ModelVersion): Promise<readonly DatasetColumn[]> {
  const [jobId] = jobIds;
  if (jobId === undefined) return [];
  try {
    const { job } = await client.training.getTrainingJob({ jobId }, { failFast: true });
    const { datasetId = '', datasetVersion = 0 } = job?.spec ?? {};
    const request = { datasetId, version: datasetVersion };
    const { datasetVersion: found } = await client.ingest.getDatasetVersion(request, { failFast: true });
    return found?.columns ?? [];
  } catch (error) {
    if (isRpcError(error)) return [];
    throw error;
  }
}

function toExample(
  { name, datatype, shape }: Signature['inputs'][number],
  { signature: { columns }, isBatched }: { readonly signature: Signature; readonly isBatched: boolean },
  statistics: ColumnStatistics | null,
): ExampleInput {
  const kind = columns.find(column => column.name === name)?.type?.kind ?? '';
  const isColumn = isBatched && shape.length === 2 && shape[1] === 1 && kind !== 'vector';
  return {
    ...{ name, datatype, kind, shape: shape.slice(isBatched ? 1 : 0).map(size => Math.max(size, 1)) },
    value: isColumn ? exampleValue(kind, datatype, statistics) : undefined,
  };
}

const MAX_TEXT = 100;

function exampleValue(kind: string, datatype: string, statistics: ColumnStatistics | null): ExampleInput['value'] {
  if (datatype === 'BYTES') {
    const texts = (statistics?.topValues ?? []).map(({ value }) => value);
    return texts.find(text => text !== '' && text.length <= MAX_TEXT) ?? 'text';
  }
  const middle = statistics?.quantiles.find(({ probability }) => probability === 0.5)?.value ?? statistics?.mean;
  if (datatype === 'BOOL') return (statistics?.mean ?? 1) >= 0.5;
  if (kind === 'timestamp') return toTime(middle);
  if (datatype === 'FP64' || datatype === 'FP32') return Number((middle ?? 0).toPrecision(6));
  return Number.isSafeInteger(Math.round(middle ?? 0)) ? Math.round(middle ?? 0) : 0;
}

/** From microseconds since 1970, to the second. */
function toTime(microseconds: number | undefined): string {
  const time = new Date((microseconds ?? 0) / 1000);
  const text = Number.isNaN(time.getTime()) ? '' : time.toISOString();
  return /^\d{4}-/.test(text) ? text.replace(/\.\d+Z$/, 'Z') : '1970-01-01T00:00:00Z';
}
