// Class indices of target values: of a category column by its dictionary, of a number column by its distinct values.

import { type CategoryValues, type ColumnValues, compareCategories, type NumberValues } from '@athanor/data';
import type { SourceColumn } from '@athanor/transforms';
import { UnsupportedTargets } from './task.js';

export interface ClassIndex {
  /** Class names in the order of their index. */
  readonly classes: readonly string[];
  /** Index of each row's class. Throws UnsupportedTargets for a missing value. */
  indices(values: ColumnValues): Int32Array;
}

/** `values` are those of all splits. */
export function classIndex(column: SourceColumn, values: ColumnValues): ClassIndex {
  if (column.type.kind === 'category') return byDictionary(column);
  if (column.type.kind === 'number') return byValue(column, (values as NumberValues).data);
  throw new UnsupportedTargets(
    `expected classes in column '${column.name}', received a ${column.type.kind}; import it with --type ${column.name}=category`,
  );
}

function byDictionary({ name, categories = [] }: SourceColumn): ClassIndex {
  return {
    classes: categories,
    indices(values) {
      const { codes } = values as CategoryValues;
      const missing = codes.indexOf(-1);
      if (missing >= 0) throw missingTarget(name, missing);
      return codes;
    },
  };
}

function byValue({ name, type }: SourceColumn, all: NumberValues['data']): ClassIndex {
  const isBool = type.kind === 'number' && type.dtype === 'BOOL';
  const text = (value: number | bigint) => (isBool ? String(Number(value) === 1) : String(value));
  const distinct = new Map<number | bigint, string>();
  for (const value of all) if (!distinct.has(value)) distinct.set(value, text(value));
  const classes = [...distinct.values()].sort(compareCategories);
  const position = new Map(classes.map((each, index) => [each, index]));
  const indexOf = new Map([...distinct].map(([value, each]) => [value, position.get(each)!]));
  return {
    classes,
    indices(values) {
      const { data } = values as NumberValues;
      const indices = new Int32Array(data.length);
      for (let row = 0; row < data.length; row++) {
        const value = data[row]!;
        if (Number.isNaN(value)) throw missingTarget(name, row);
        indices[row] = indexOf.get(value)!;
      }
      return indices;
    },
  };
}

function missingTarget(name: string, row: number): UnsupportedTargets {
  return new UnsupportedTargets(`the target '${name}' is missing in row ${row}; import with the check missing-target`);
}
