// The values of columns in memory, one array per column and none per row.

import { byteSizeOf, bytesOf, elementCount, type NumericTensor, tensorFromBytes, zeros } from '@athanor/tensor';
import type { ColumnType, NumberType } from './column.js';

export interface NumberValues {
  readonly kind: 'number';
  /** FP64 with NaN for missing, INT64, or one byte per BOOL. */
  readonly data: Float64Array | BigInt64Array | Uint8Array;
}

export interface CategoryValues {
  readonly kind: 'category';
  /** Indices into the column's dictionary; -1 for missing. */
  readonly codes: Int32Array;
}

export interface TextValues {
  readonly kind: 'text';
  /** UTF-8 of all rows, one after another. */
  readonly bytes: Uint8Array;
  /** [rows + 1]: row i is bytes[offsets[i]] up to bytes[offsets[i + 1]]. */
  readonly offsets: Float64Array;
}

export interface TimestampValues {
  readonly kind: 'timestamp';
  readonly data: BigInt64Array;
}

export interface VectorValues {
  readonly kind: 'vector';
  /** [rows, …shape] */
  readonly tensor: NumericTensor;
}

export type ColumnValues = NumberValues | CategoryValues | TextValues | TimestampValues | VectorValues;

export function rowCountOf(values: ColumnValues): number {
  switch (values.kind) {
    case 'category':
      return values.codes.length;
    case 'text':
      return values.offsets.length - 1;
    case 'vector':
      return values.tensor.shape[0] ?? 0;
    default:
      return values.data.length;
  }
}

/** Rows `begin` up to `end`, as views where that is possible. */
export function sliceRows(values: ColumnValues, begin: number, end: number): ColumnValues {
  switch (values.kind) {
    case 'number':
      return { ...values, data: values.data.subarray(begin, end) };
    case 'timestamp':
      return { ...values, data: values.data.subarray(begin, end) };
    case 'category':
      return { ...values, codes: values.codes.subarray(begin, end) };
    case 'text': {
      const first = values.offsets[begin] ?? 0;
      return {
        kind: 'text',
        bytes: values.bytes.subarray(first, values.offsets[end]),
        offsets: values.offsets.slice(begin, end + 1).map(offset => offset - first),
      };
    }
    case 'vector': {
      const { dtype, shape } = values.tensor;
      const rowBytes = rowBytesOf(values.tensor);
      const bytes = bytesOf(values.tensor).subarray(begin * rowBytes, end * rowBytes);
      return { kind: 'vector', tensor: tensorFromBytes(dtype, [end - begin, ...shape.slice(1)], bytes) };
    }
  }
}

/** The rows of several parts of the same column, one after another. */
export function concatValues(parts: readonly ColumnValues[]): ColumnValues {
  const [first] = parts;
  if (first === undefined) throw new RangeError('expected at least one part of a column, received none');
  if (parts.length === 1) return first;
  switch (first.kind) {
    case 'number':
      return { kind: 'number', data: concatArrays(parts.map(part => (part as NumberValues).data)) };
    case 'timestamp':
      return { kind: 'timestamp', data: concatArrays(parts.map(part => (part as TimestampValues).data)) };
    case 'category':
      return { kind: 'category', codes: concatArrays(parts.map(part => (part as CategoryValues).codes)) };
    case 'text':
      return concatTexts(parts as readonly TextValues[]);
    case 'vector':
      return concatVectors((parts as readonly VectorValues[]).map(part => part.tensor));
  }
}

/** The text of one row. */
export function textAt({ bytes, offsets }: TextValues, row: number): string {
  return decoder.decode(bytes.subarray(offsets[row], offsets[row + 1]));
}

const decoder = new TextDecoder('utf-8');

/** Text values from strings. */
export function textValues(texts: readonly string[]): TextValues {
  const encoded = texts.map(text => Buffer.from(text));
  const offsets = new Float64Array(texts.length + 1);
  for (const [row, part] of encoded.entries()) offsets[row + 1] = offsets[row]! + part.length;
  return { kind: 'text', bytes: Buffer.concat(encoded), offsets };
}

type Arrays = Float64Array | BigInt64Array | Uint8Array | Int32Array;

function concatArrays<A extends Arrays>(parts: readonly A[]): A {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all = new (parts[0]!.constructor as new (length: number) => A)(length);
  let offset = 0;
  for (const part of parts) {
    all.set(part as never, offset);
    offset += part.length;
  }
  return all;
}

function concatTexts(parts: readonly TextValues[]): TextValues {
  const rows = parts.reduce((sum, { offsets }) => sum + offsets.length - 1, 0);
  const offsets = new Float64Array(rows + 1);
  let row = 0;
  let base = 0;
  for (const part of parts) {
    for (let index = 1; index < part.offsets.length; index++) offsets[++row] = base + part.offsets[index]!;
    base += part.bytes.length;
  }
  return { kind: 'text', bytes: Buffer.concat(parts.map(({ bytes }) => bytes)), offsets };
}

function concatVectors(parts: readonly NumericTensor[]): VectorValues {
  const { dtype, shape } = parts[0]!;
  const rows = parts.reduce((sum, part) => sum + part.shape[0]!, 0);
  const all = zeros(dtype, [rows, ...shape.slice(1)]);
  const bytes = bytesOf(all);
  let offset = 0;
  for (const part of parts) {
    bytes.set(bytesOf(part), offset);
    offset += part.data.byteLength;
  }
  return { kind: 'vector', tensor: all };
}

function rowBytesOf({ shape, dtype }: NumericTensor): number {
  return elementCount(shape.slice(1)) * byteSizeOf(dtype);
}

/** The values of no rows. */
export function emptyValues(type: ColumnType): ColumnValues {
  switch (type.kind) {
    case 'number':
      return { kind: 'number', data: emptyNumbers(type.dtype) };
    case 'category':
      return { kind: 'category', codes: new Int32Array(0) };
    case 'text':
      return { kind: 'text', bytes: new Uint8Array(0), offsets: new Float64Array(1) };
    case 'timestamp':
      return { kind: 'timestamp', data: new BigInt64Array(0) };
    case 'vector':
      return { kind: 'vector', tensor: zeros(type.dtype, [0, ...type.shape]) };
  }
}

function emptyNumbers(dtype: NumberType['dtype']): NumberValues['data'] {
  if (dtype === 'FP64') return new Float64Array(0);
  return dtype === 'INT64' ? new BigInt64Array(0) : new Uint8Array(0);
}
