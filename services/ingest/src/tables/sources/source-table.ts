// A source as SQL: what its columns are called, what they seem to be, and a SELECT that gives them.

import type { SqlType } from '../columns/sql-type.js';
import type { AppliedReading, Partition } from '../table-plan.js';

/** What a column is read as. Only types that cannot lose anything silently: CSV's BIGINT would round 1.5. */
export interface ReadAs {
  readonly type: SqlType;
  /** Of a column read as DOUBLE: written without decimals in the sample. */
  readonly whole: boolean;
  /** Of texts whose format says that they are categories. */
  readonly isCategory?: boolean;
}

export interface WantedColumn {
  /** In the source. */
  readonly index: number;
  /** Its name in the result. */
  readonly sql: string;
  readonly type: SqlType;
  /** Removed from its values. */
  readonly strip: string | undefined;
}

export interface SourceExtent {
  /** Of the whole source, where its format says it. */
  readonly rows?: number;
  /** Of the text that can be read. */
  readonly lines?: number;
  /** Size of the whole source as a multiple of what can be read; undefined if it is unknown. */
  readonly scale?: number | undefined;
}

export interface SourceTable {
  readonly filename: string;
  readonly partition: Partition;
  readonly applied: AppliedReading;
  /** Trimmed and unique. */
  readonly names: readonly string[];
  /** Columns without a name in the source. */
  readonly unnamed: ReadonlySet<number>;
  readonly hints: readonly ReadAs[];
  /** Texts are to be taken as they are: a typed format would have written numbers as numbers. */
  readonly isTyped: boolean;
  select(columns: readonly WantedColumn[]): string;
  /** Lines of the rows with these ordinals in the source; absent if the format has none. */
  linesOf?(ordinals: readonly number[]): Promise<ReadonlyMap<number, number>>;
  /** In a plan: how the whole source compares with what is read of it. */
  readonly extent?: SourceExtent | undefined;
  /** Frees what only reading needs. */
  release?(): Promise<void>;
  /** The error for the user if DuckDB cannot read the source; undefined if reading again may succeed. */
  explain(error: Error): Promise<Error | undefined>;
}

/** Where a row is, for a message: "line 12", or "row 12" in formats without lines. */
export async function placesOf(source: SourceTable, ordinals: readonly number[]): Promise<string[]> {
  const lines = await source.linesOf?.(ordinals);
  return ordinals.map(ordinal => {
    const line = lines?.get(ordinal);
    return line === undefined ? `row ${ordinal + 1}` : `line ${line}`;
  });
}
