/*
 * A shard is a safetensors file with the values of n rows by column. Column i is
 *   c<i>/values   number FP64, INT64 or BOOL [n]; category INT32 [n] (code); timestamp INT64 [n]; vector [n, …shape];
 *                 text UINT8 [bytes], with c<i>/offsets INT64 [n + 1]
 * and "ordinal" UINT32 [n] with "partition" UINT8 [n] are the row ids. A missing value is NaN, the code -1, the empty
 * text or the smallest INT64, as in requests to a served model.
 */

import { type NumericTensor, readSafetensors, type Tensor, tensor, writeSafetensors } from '@athanor/tensor';
import type { Column } from './column.js';
import type { ColumnValues } from './column-values.js';

export interface RowIds {
  /** From 0 in the source of the row's partition. */
  readonly ordinals: Uint32Array;
  /** Indices into the manifest's partitions. */
  readonly partitions: Uint8Array;
}

export interface Shard {
  /** In the order of the manifest's columns. */
  readonly values: readonly ColumnValues[];
  readonly ids: RowIds;
}

/** The bytes of a shard would be read as another type. */
export class MalformedShard extends Error {
  override readonly name = 'MalformedShard';
}

/** Equal rows give equal bytes. */
export function writeShard({ values, ids }: Shard): Uint8Array {
  const rows = ids.ordinals.length;
  const tensors = new Map<string, NumericTensor>([
    ['ordinal', tensor('UINT32', [rows], ids.ordinals)],
    ['partition', tensor('UINT8', [rows], ids.partitions)],
  ]);
  for (const [index, column] of values.entries()) {
    tensors.set(`c${index}/values`, valuesTensor(column));
    if (column.kind !== 'text') continue;
    tensors.set(`c${index}/offsets`, tensor('INT64', [rows + 1], BigInt64Array.from(column.offsets, BigInt)));
  }
  return writeSafetensors({ tensors, metadata: {} });
}

function valuesTensor(values: ColumnValues): NumericTensor {
  switch (values.kind) {
    case 'number':
      return numberTensor(values.data);
    case 'category':
      return tensor('INT32', [values.codes.length], values.codes);
    case 'timestamp':
      return tensor('INT64', [values.data.length], values.data);
    case 'text':
      return tensor('UINT8', [values.bytes.length], values.bytes);
    case 'vector':
      return values.tensor;
  }
}

function numberTensor(data: Float64Array | BigInt64Array | Uint8Array): NumericTensor {
  if (data instanceof Float64Array) return tensor('FP64', [data.length], data);
  if (data instanceof BigInt64Array) return tensor('INT64', [data.length], data);
  return tensor('BOOL', [data.length], data);
}

/** Reads the columns with the given indices; the others are empty slots. Throws SafetensorsError, MalformedShard. */
export function readShard(
  bytes: Uint8Array,
  columns: readonly Column[],
  wanted: ReadonlySet<number> = new Set(columns.keys()),
): { readonly values: ReadonlyMap<number, ColumnValues>; readonly ids: RowIds } {
  const { tensors } = readSafetensors(bytes);
  const values = new Map([...wanted].map(index => [index, readColumn(tensors, index, columns[index]!)]));
  const ordinals = expectTensor(tensors, 'ordinal', 'UINT32').data;
  return { values, ids: { ordinals, partitions: expectTensor(tensors, 'partition', 'UINT8').data } };
}

function readColumn(tensors: ReadonlyMap<string, NumericTensor>, index: number, { type }: Column): ColumnValues {
  const name = `c${index}/values`;
  switch (type.kind) {
    case 'number':
      return { kind: 'number', data: expectTensor(tensors, name, type.dtype).data };
    case 'category':
      return { kind: 'category', codes: expectTensor(tensors, name, 'INT32').data };
    case 'timestamp':
      return { kind: 'timestamp', data: expectTensor(tensors, name, 'INT64').data };
    case 'text': {
      const offsets = Float64Array.from(expectTensor(tensors, `c${index}/offsets`, 'INT64').data, Number);
      return { kind: 'text', bytes: expectTensor(tensors, name, 'UINT8').data, offsets };
    }
    case 'vector':
      return { kind: 'vector', tensor: expectTensor(tensors, name, type.dtype) };
  }
}

function expectTensor<D extends NumericTensor['dtype']>(
  tensors: ReadonlyMap<string, NumericTensor>,
  name: string,
  dtype: D,
): Tensor<D> & NumericTensor {
  const found = tensors.get(name);
  if (found?.dtype === dtype) return found as Tensor<D> & NumericTensor;
  const received = found === undefined ? [...tensors.keys()].join(', ') : `${name} ${found.dtype}`;
  throw new MalformedShard(`expected the tensor '${name}' ${dtype} in a shard, received ${received}`);
}
