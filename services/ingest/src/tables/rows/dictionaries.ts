// The values of category columns in the order of their codes, and the final type of every column, over the kept rows.

import { type Column, type ColumnType, compareCategories } from '@athanor/data';
import type { RoledColumn } from '../columns/roles.js';
import { valuesTable } from '../columns/text-values.js';
import { aggregate } from '../database/aggregate.js';
import { type Database, numberOf } from '../database/database.js';
import { literals } from '../database/sql.js';
import { enumOf } from './read-blocks.js';
import type { VersionColumn } from './version-column.js';

export interface KeptRows {
  readonly rows: number;
  /** A condition on rows of the working table. */
  readonly sql: string;
  /** Whether that are all rows. */
  readonly isAll: boolean;
}

export async function toVersionColumns(
  database: Database,
  columns: readonly RoledColumn[],
  kept: KeptRows,
): Promise<VersionColumn[]> {
  const counts = kept.isAll ? undefined : await countValues(database, columns, kept);
  const result: VersionColumn[] = [];
  for (const column of columns) {
    const count = counts?.get(column.sql) ?? column.count;
    const common = { sql: column.sql, count, column: toColumn(column, count, kept.rows) };
    if (column.kind === 'category') {
      const dictionary = await readDictionary(database, column, kept);
      await database.run(`CREATE TYPE ${enumOf(column.sql)} AS ENUM (${literals(dictionary.entries)})`);
      result.push({ ...common, dictionary });
    } else result.push(column.distinct === undefined ? common : { ...common, distinct: column.distinct });
  }
  return result;
}

async function countValues(
  database: Database,
  columns: readonly RoledColumn[],
  kept: KeptRows,
): Promise<Map<string, number>> {
  const toSql = ({ sql }: RoledColumn) => [`count(${sql}) AS ${sql}`];
  const row = await aggregate(database, columns, { toSql, from: `t WHERE ${kept.sql}` });
  return new Map(columns.map(({ sql }) => [sql, numberOf(row[sql])]));
}

function toColumn(column: RoledColumn, count: number, rows: number): Column {
  const nullable = count < rows;
  return { name: column.name, role: column.role, nullable, type: toType(column, nullable) };
}

function toType({ kind, isInteger }: RoledColumn, nullable: boolean): ColumnType {
  if (kind === 'boolean') return { kind: 'number', dtype: nullable ? 'FP64' : 'BOOL' };
  if (kind !== 'number') return { kind };
  return { kind: 'number', dtype: isInteger && !nullable ? 'INT64' : 'FP64' };
}

async function readDictionary(database: Database, { sql, isDistinct }: RoledColumn, kept: KeptRows) {
  const counts =
    kept.isAll && isDistinct
      ? `SELECT v AS value, n FROM ${valuesTable(sql)}`
      : `SELECT ${sql} AS value, count(*) AS n FROM t WHERE ${sql} IS NOT NULL AND ${kept.sql} GROUP BY 1`;
  const found = await database.query(counts);
  const rows = new Map(found.map(({ value, n }) => [value as string, numberOf(n)]));
  const entries = [...rows.keys()].sort(compareCategories);
  return { entries, rows: entries.map(entry => rows.get(entry)!) };
}
