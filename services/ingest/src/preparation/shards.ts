import { SHARD_TENSORS } from '@athanor/contracts';
import { type NumericTensor, tensorFromBytes, writeSafetensors } from '@athanor/tensor';
import { featureValues, type RowTable, rowBytes } from '../formats/rows.js';

/** One row: its table and its index there. */
export interface RowPlace {
  readonly table: number;
  readonly row: number;
}

export interface GatheredShard {
  /** The safetensors file. */
  readonly bytes: Uint8Array;
  readonly values: ArrayLike<number>;
  readonly labels: Int32Array;
}

const SHARD_BYTES = 16 * 1024 * 1024;

/** Splits rows into shards of about 16 MiB. */
export function shardRanges(rows: number, bytesPerRow: number): { begin: number; end: number }[] {
  const rowsPerShard = Math.max(1, Math.floor(SHARD_BYTES / bytesPerRow));
  const ranges: { begin: number; end: number }[] = [];
  for (let begin = 0; begin < rows; begin += rowsPerShard)
    ranges.push({ begin, end: Math.min(begin + rowsPerShard, rows) });
  return ranges;
}

/** Copies rows from their tables into one safetensors file (layout: libs/contracts, dataset-manifest.ts). */
export function gatherShard(
  tables: readonly RowTable[],
  rows: readonly RowPlace[],
  classIndex: ReadonlyMap<string, number>,
): GatheredShard {
  const first = tables[0] as RowTable;
  const { feature, bytesPerRow } = first;
  const data = new Uint8Array(rows.length * bytesPerRow);
  const ordinals = new Uint32Array(rows.length);
  const partitions = new Uint8Array(rows.length);
  const labelled = first.labels !== undefined;
  const labels = new Int32Array(labelled ? rows.length : 0);
  for (const [index, { table, row }] of rows.entries()) {
    const source = tables[table] as RowTable;
    data.set(rowBytes(source, row), index * bytesPerRow);
    ordinals[index] = row;
    partitions[index] = table;
    if (labelled) labels[index] = classIndex.get(source.labels?.[row] ?? '') as number;
  }
  const features = tensorFromBytes(feature.datatype as NumericTensor['dtype'], [rows.length, ...feature.shape], data);
  const tensors = new Map<string, NumericTensor>([
    [feature.name, features],
    [SHARD_TENSORS.ordinal, { dtype: 'UINT32', shape: [rows.length], data: ordinals }],
    [SHARD_TENSORS.partition, { dtype: 'UINT8', shape: [rows.length], data: partitions }],
  ]);
  if (labelled) tensors.set(SHARD_TENSORS.label, { dtype: 'INT32', shape: [rows.length], data: labels });
  return {
    bytes: writeSafetensors({ tensors, metadata: {} }),
    values: featureValues({ ...first, data, rows: rows.length }),
    labels,
  };
}
