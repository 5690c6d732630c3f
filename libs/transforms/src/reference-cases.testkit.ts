// The cases of scikit-learn.json as columns.

import { readFileSync } from 'node:fs';
import {
  type ColumnType,
  type ColumnValues,
  compareCategories,
  MISSING_CODE,
  MISSING_TIMESTAMP,
  textValues,
} from '@athanor/data';
import { tensor } from '@athanor/tensor';
import type { SourceColumn } from './transform.js';

export interface ReferenceCase {
  readonly kind: string;
  readonly title: string;
  readonly parameters: object;
  readonly columns: readonly SourceColumn[];
  /** By column. */
  readonly train: readonly ColumnValues[];
  readonly serve: readonly ColumnValues[];
  /** By served row; a number per row of an index. */
  readonly expected: readonly (readonly number[] | number)[];
  readonly names?: readonly string[];
}

type Cell = number | boolean | string | null | readonly number[];
interface StoredColumn {
  readonly type: ColumnType;
  readonly train: readonly Cell[];
  readonly serve: readonly Cell[];
}
type StoredCase = Pick<ReferenceCase, 'kind' | 'title' | 'parameters' | 'expected' | 'names'> & {
  readonly columns: readonly StoredColumn[];
};

export function referenceCases(): ReferenceCase[] {
  const file = readFileSync(new URL('scikit-learn.json', import.meta.url), 'utf8');
  const { cases } = JSON.parse(file) as { cases: readonly StoredCase[] };
  return cases.map(each => {
    const columns = each.columns.map(sourceColumn);
    const read = (part: 'train' | 'serve') =>
      each.columns.map((stored, index) => toValues(columns[index]!, stored[part]));
    return { ...each, columns, train: read('train'), serve: read('serve') };
  });
}

/** Column i is c<i>; the dictionary also has what occurs in served rows only, as that of a dataset does. */
function sourceColumn({ type, train, serve }: StoredColumn, index: number): SourceColumn {
  const column = { name: `c${index}`, type, role: 'input', nullable: true } as const;
  if (type.kind !== 'category') return column;
  const texts = [...train, ...serve].filter(cell => cell !== null && cell !== '') as string[];
  return { ...column, categories: [...new Set(texts)].sort(compareCategories) };
}

function toValues({ type, categories }: SourceColumn, cells: readonly Cell[]): ColumnValues {
  switch (type.kind) {
    case 'number':
      return { kind: 'number', data: toNumbers(type.dtype, cells) };
    case 'category': {
      const codes = cells.map(cell =>
        cell === null || cell === '' ? MISSING_CODE : categories!.indexOf(cell as string),
      );
      return { kind: 'category', codes: Int32Array.from(codes) };
    }
    case 'text':
      return textValues(cells.map(cell => (cell as string | null) ?? ''));
    case 'timestamp': {
      const micros = cells.map(cell => (cell === null ? MISSING_TIMESTAMP : BigInt(cell as string)));
      return { kind: 'timestamp', data: BigInt64Array.from(micros) };
    }
    case 'vector': {
      const elements = (cells as readonly (readonly Cell[])[]).flat().map(toFloat);
      const Elements = { UINT8: Uint8Array, FP32: Float32Array, FP64: Float64Array }[type.dtype as 'UINT8'];
      const shape = [cells.length, ...type.shape];
      return { kind: 'vector', tensor: tensor(type.dtype as 'UINT8', shape, Elements.from(elements)) };
    }
  }
}

function toNumbers(
  dtype: 'FP64' | 'INT64' | 'BOOL',
  cells: readonly Cell[],
): Float64Array | BigInt64Array | Uint8Array {
  if (dtype === 'INT64') return BigInt64Array.from(cells as string[], BigInt);
  if (dtype === 'BOOL') return Uint8Array.from(cells as boolean[], Number);
  return Float64Array.from(cells, toFloat);
}

function toFloat(cell: Cell): number {
  if (cell === null) return Number.NaN;
  if (cell === 'inf') return Number.POSITIVE_INFINITY;
  return cell === '-inf' ? Number.NEGATIVE_INFINITY : (cell as number);
}
