import type { Column } from '@athanor/data';

/** A column of the version, and where its values are in the working table. */
export interface VersionColumn {
  readonly column: Column;
  readonly sql: string;
  /** Of a category: its values in the order of their codes, with the rows that have them. */
  readonly dictionary?: { readonly entries: readonly string[]; readonly rows: readonly number[] };
  /** Rows that have a value. */
  readonly count: number;
  /** Of a text: an estimate of its different values. */
  readonly distinct?: number;
}
