// Every flawed row, and the values of the quarantined ones with their reasons, as JSON Lines.

import { join } from 'node:path';
import type { LoadedTable } from '../columns/load-table.js';
import type { RoledColumn } from '../columns/roles.js';
import type { Database } from '../database/database.js';
import { literal } from '../database/sql.js';
import { rowIdSql } from './check-work.js';
import { type Checked, FLAWS, REMOVED } from './run-checks.js';

export interface FindingFiles {
  readonly findingsFile: string;
  readonly quarantineFile?: string;
}

export interface FindingTarget {
  readonly loaded: LoadedTable;
  /** Of the import, and the name of that of its result. */
  readonly folder: string;
  readonly name: string;
}

export async function writeFindings(
  database: Database,
  checked: Checked,
  { loaded, folder, name }: FindingTarget,
): Promise<FindingFiles> {
  const findingsFile = `${name}/findings.jsonl`;
  const names = namesOf(checked);
  const rowId = rowIdSql(loaded.trainRows);
  const line = `json_object('rowId', ${rowId('f.row')}, 'check', check_name, 'column', column_name, 'action', action,
    'removed', r.row IS NOT NULL, 'detail', f.detail)`;
  await copyLines(
    database,
    `SELECT ${line} FROM ${FLAWS} f JOIN ${names} USING (finding) LEFT JOIN ${REMOVED} r USING (row, finding) ORDER BY f.finding, f.row`,
    join(folder, findingsFile),
  );
  if (!checked.summaries.some(({ action, removed }) => action === 'quarantine' && removed > 0)) return { findingsFile };
  const quarantineFile = `${name}/quarantine.jsonl`;
  await createSourceRows(database, loaded);
  await copyLines(database, quarantineSql(checked, rowId), join(folder, quarantineFile));
  return { findingsFile, quarantineFile };
}

/** The findings as a relation. */
function namesOf({ found }: Checked): string {
  const rows = found.map(({ check, action, column }, index) => {
    const columnSql = column === undefined ? 'NULL' : literal(column);
    return `(${index}, ${literal(check)}, ${literal(action)}, ${columnSql})`;
  });
  const values = rows.length === 0 ? "(-1, '', '', '')" : rows.join(', ');
  return `(VALUES ${values}) AS n(finding, check_name, action, column_name)`;
}

const SOURCE_ROWS = 'source_rows';

/** The first row of each source. */
async function createSourceRows(database: Database, { sourceRows }: LoadedTable): Promise<void> {
  let begin = 0;
  const rows = sourceRows.map(({ source, rows: count }) => {
    const row = `(${begin}, ${literal(source.filename)})`;
    begin += count;
    // An empty source has no first row.
    return count === 0 ? undefined : row;
  });
  await database.run(
    `CREATE TABLE ${SOURCE_ROWS} AS SELECT * FROM (VALUES ${rows.filter(Boolean).join(', ')}) AS s(first_row, filename)`,
  );
}

function quarantineSql(checked: Checked, rowId: (row: string) => string): string {
  const { columns, found } = checked;
  const values = columns.map(({ name, sql }) => `${literal(name)}, t.${sql}`);
  const flawed = found.flatMap(({ column }, index) => {
    const flawedColumn = columns.find(({ name }) => name === column);
    return flawedColumn === undefined ? [] : [`WHEN ${index} THEN ${textOf(flawedColumn)}`];
  });
  const value = flawed.length === 0 ? 'f.value' : `coalesce(f.value, CASE f.finding ${flawed.join(' ')} END)`;
  const reasons = `(SELECT list(json_object('check', check_name, 'column', column_name, 'value', ${value}, 'detail', f.detail) ORDER BY f.finding)
    FROM ${FLAWS} f JOIN ${namesOf(checked)} USING (finding) WHERE f.row = r.row)`;
  const quarantining = found.flatMap(({ action }, index) => (action === 'quarantine' ? [index] : []));
  return `SELECT json_object('rowId', ${rowId('r.row')}, 'filename', s.filename, 'rowNumber', r.row - s.first_row + 1,
      'values', json_object(${values.join(', ')}), 'reasons', ${reasons})
     FROM ${REMOVED} r ASOF JOIN ${SOURCE_ROWS} s ON r.row >= s.first_row JOIN t ON t.rowid = r.row
     WHERE r.finding IN (${quarantining.join(', ')}) ORDER BY r.row`;
}

/** Whole numbers without decimals. */
function textOf({ sql, whole, sqlType }: RoledColumn): string {
  const value = whole && sqlType === 'DOUBLE' ? `CAST(t.${sql} AS BIGINT)` : `t.${sql}`;
  return `CAST(${value} AS VARCHAR)`;
}

/** JSON has no line feeds in its texts, and no control characters: it needs no quotes of CSV. */
async function copyLines(database: Database, select: string, path: string): Promise<void> {
  await database.run(
    `COPY (${select}) TO ${literal(path)} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\u0001')`,
  );
}
