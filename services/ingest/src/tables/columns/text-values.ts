// The values of a text column to look at: each different value once where they are few, which is far cheaper than all
// rows; else the rows.

import { aggregate } from '../database/aggregate.js';
import { type Database, numberOf } from '../database/database.js';
import { MAX_CATEGORY_VALUES } from './decide-type.js';

export interface TextValuesTable {
  /** A relation with a value `v`, which is never NULL, and the number of its rows `n`. */
  readonly relation: string;
  /** Different values; an estimate if `isDistinct` is false. */
  readonly distinct: number;
  /** Whether each value is there once. */
  readonly isDistinct: boolean;
}

const SAMPLE_ROWS = 200_000;

/** Estimates how many different values the columns have at the beginning of the table. */
export async function sampleDistinct(database: Database, columns: readonly string[]): Promise<Map<string, number>> {
  const toSql = (c: string) => [`approx_count_distinct(${c}) AS ${c}`];
  const row = await aggregate(database, columns, { toSql, from: `t WHERE rowid < ${SAMPLE_ROWS}` });
  return new Map(columns.map(c => [c, numberOf(row[c])]));
}

/** `sampled`: from sampleDistinct. */
export async function textValues(database: Database, column: string, sampled: number): Promise<TextValuesTable> {
  if (sampled <= MAX_CATEGORY_VALUES) {
    const table = valuesTable(column);
    await database.run(
      `CREATE OR REPLACE TABLE ${table} AS SELECT ${column} AS v, count(*) AS n FROM t WHERE ${column} IS NOT NULL GROUP BY 1`,
    );
    const [row] = await database.query(`SELECT count(*) AS n FROM ${table}`);
    return { relation: table, distinct: numberOf(row?.n), isDistinct: true };
  }
  const [row] = await database.query(`SELECT approx_count_distinct(${column}) AS n FROM t`);
  const relation = `(SELECT ${column} AS v, 1 AS n FROM t WHERE ${column} IS NOT NULL)`;
  return { relation, distinct: numberOf(row?.n), isDistinct: false };
}

/** The table of the different values of a text column, while it has few. */
export function valuesTable(column: string): string {
  return `values_${column}`;
}

/** Leaves nothing behind of a column that is no text after all. */
export async function dropValues(database: Database, column: string): Promise<void> {
  await database.run(`DROP TABLE IF EXISTS ${valuesTable(column)}`);
}
