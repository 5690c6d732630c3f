import type { ColumnValues } from '@athanor/data';
import type { SourceColumn } from '@athanor/transforms';

/** Rows as stored in the dataset, by column name. */
export interface RawSplit {
  readonly rows: number;
  readonly values: ReadonlyMap<string, ColumnValues>;
}

export function columnOf(split: RawSplit, { name }: SourceColumn): ColumnValues {
  const values = split.values.get(name);
  if (values === undefined) throw new Error(`expected the column '${name}' in a split, received none`);
  return values;
}
