// Arbitrary columns and rows, with what real tables have: missing values, extremes, categories seen once.

import { type ColumnType, type ColumnValues, compareCategories, MISSING_TIMESTAMP, textValues } from '@athanor/data';
import { tensor } from '@athanor/tensor';
import fc from 'fast-check';
import type { SourceColumn } from './transform.js';

export interface Rows {
  readonly column: SourceColumn;
  readonly train: ColumnValues;
  readonly serve: ColumnValues;
}

export const COLUMN_TYPES: readonly ColumnType[] = [
  { kind: 'number', dtype: 'FP64' },
  { kind: 'number', dtype: 'INT64' },
  { kind: 'number', dtype: 'BOOL' },
  { kind: 'category' },
  { kind: 'text' },
  { kind: 'timestamp' },
  { kind: 'vector', dtype: 'UINT8', shape: [2, 2] },
  { kind: 'vector', dtype: 'FP32', shape: [3] },
  { kind: 'vector', dtype: 'FP64', shape: [] },
  { kind: 'vector', dtype: 'INT64', shape: [2] },
];

/** `words`: what categories and texts are made of besides arbitrary ones. */
export function anyRows(type: ColumnType, words: fc.Arbitrary<string>): fc.Arbitrary<Rows> {
  const base: SourceColumn = { name: 'c', type, role: 'input', nullable: true };
  const rows = <T>(cell: fc.Arbitrary<T>) =>
    fc.tuple(fc.array(cell, { minLength: 1, maxLength: 12 }), fc.array(cell, { minLength: 1, maxLength: 5 })); // prettier-ignore
  const of = <T>(cell: fc.Arbitrary<T>, toValues: (cells: readonly T[]) => ColumnValues) =>
    rows(cell).map(([train, serve]) => ({ column: base, train: toValues(train), serve: toValues(serve) }));
  switch (type.kind) {
    case 'number':
      if (type.dtype === 'FP64') return of(anyFloat, cells => ({ kind: 'number', data: Float64Array.from(cells) }));
      if (type.dtype === 'INT64') return of(anyInt64, cells => ({ kind: 'number', data: BigInt64Array.from(cells) }));
      return of(fc.boolean(), cells => ({ kind: 'number', data: Uint8Array.from(cells, Number) }));
    case 'timestamp':
      return of(fc.oneof(anyInt64, fc.constant(MISSING_TIMESTAMP)), cells => ({
        kind: 'timestamp',
        data: BigInt64Array.from(cells),
      }));
    case 'text':
      return of(words, textValues);
    case 'category':
      return rows(words).map(([train, serve]) => categoryRows(base, train, serve));
    case 'vector':
      return of(anyElements(type.dtype, type.shape), cells => vectorOf(type, cells));
  }
}

const anyFloat = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, -0, 1, Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324, 1e-40),
);
const anyInt64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -3n, max: 3n }),
  fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n),
);

function categoryRows(base: SourceColumn, train: readonly string[], serve: readonly string[]): Rows {
  const categories = [...new Set([...train, ...serve])].filter(word => word !== '').sort(compareCategories);
  const toValues = (cells: readonly string[]): ColumnValues => ({
    kind: 'category',
    codes: Int32Array.from(cells, cell => categories.indexOf(cell)),
  });
  return { column: { ...base, categories }, train: toValues(train), serve: toValues(serve) };
}

type VectorType = Extract<ColumnType, { kind: 'vector' }>;

function anyElements(dtype: VectorType['dtype'], shape: readonly number[]): fc.Arbitrary<readonly (number | bigint)[]> {
  const length = shape.reduce((product, size) => product * size, 1);
  const element: fc.Arbitrary<number | bigint> =
    dtype === 'UINT8' ? fc.nat({ max: 255 }) : dtype === 'INT64' ? anyInt64 : anyFloat;
  return fc.array(element, { minLength: length, maxLength: length });
}

function vectorOf({ dtype, shape }: VectorType, cells: readonly (readonly (number | bigint)[])[]): ColumnValues {
  const elements = cells.flat();
  const all = [cells.length, ...shape];
  if (dtype === 'INT64') {
    return { kind: 'vector', tensor: tensor('INT64', all, BigInt64Array.from(elements as bigint[])) };
  }
  const numbers = elements as number[];
  if (dtype === 'UINT8') return { kind: 'vector', tensor: tensor('UINT8', all, Uint8Array.from(numbers)) };
  if (dtype === 'FP32') return { kind: 'vector', tensor: tensor('FP32', all, Float32Array.from(numbers)) };
  return { kind: 'vector', tensor: tensor('FP64', all, Float64Array.from(numbers)) };
}
