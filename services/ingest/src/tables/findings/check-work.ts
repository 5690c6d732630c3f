// The working table as checks see it; what several checks need is computed once.

import type { ColumnRole } from '@athanor/data';
import { type CheckWork, MAX_VALUES, SAMPLE_ROWS, type ValueCount, type ValueRange } from '../../checks/check.js';
import { type LoadedTable, TABLE } from '../columns/load-table.js';
import type { RoledColumn } from '../columns/roles.js';
import { valuesTable } from '../columns/text-values.js';
import { aggregate } from '../database/aggregate.js';
import { type Database, numberOf } from '../database/database.js';
import { EqualRows } from './equal-rows.js';

export interface RunningCheckWork extends CheckWork {
  readonly columns: readonly RoledColumn[];
  /** Unless the plan says the role. */
  setRole(name: string | undefined, role: ColumnRole): void;
}

export function createCheckWork(
  database: Database,
  loaded: LoadedTable,
  initial: readonly RoledColumn[],
): RunningCheckWork {
  let columns = initial;
  const { rows, trainRows } = loaded;
  const counts = new Map<string, Promise<readonly ValueCount[] | undefined>>();
  const equal = new EqualRows(database, trainRows, () => columns.filter(({ role }) => role === 'input'));
  const once = <T>(compute: () => Promise<T>) => {
    let result: Promise<T> | undefined;
    return () => {
      result ??= compute();
      return result;
    };
  };
  return {
    ...{ table: TABLE, rows, trainRows },
    get columns() {
      return columns;
    },
    query: sql => database.query(sql),
    aggregate: (which, toSql, from = TABLE) => aggregate(database, which, { toSql, from }),
    valueCounts: column => {
      const known = counts.get(column.sql) ?? countValues(database, column as RoledColumn, loaded);
      counts.set(column.sql, known);
      return known;
    },
    ranges: once(() => readRanges(database, initial)),
    sample: once(() => takeSample(database, rows)),
    equalRows: (which, scope) => equal.find(which, scope),
    rowId: rowIdSql(trainRows),
    setRole: (name, role) => {
      columns = columns.map(column => (column.name === name && !column.isRoleChosen ? { ...column, role } : column));
    },
  };
}

/** SQL of "<partition>/<ordinal>". */
export function rowIdSql(trainRows: number): (row: string) => string {
  return row =>
    `CASE WHEN ${row} < ${trainRows} THEN concat('train/', ${row}) ELSE concat('test/', ${row} - ${trainRows}) END`;
}

async function countValues(
  database: Database,
  { sql, kind, distinct = 0, isDistinct }: RoledColumn,
  { rows, trainRows }: LoadedTable,
): Promise<readonly ValueCount[] | undefined> {
  const isText = kind === 'category' || kind === 'text';
  if (isText && distinct > MAX_VALUES) return undefined;
  // Of a text with few values the table of its values is there already.
  const relation =
    isDistinct === true && trainRows === rows
      ? `SELECT v AS value, n, n AS train FROM ${valuesTable(sql)}`
      : `SELECT CAST(${sql} AS VARCHAR) AS value, count(*) AS n, count(*) FILTER (rowid < ${trainRows}) AS train
         FROM ${TABLE} WHERE ${sql} IS NOT NULL GROUP BY ${sql}`;
  const found = await database.query(
    `SELECT value, n::DOUBLE AS n, train::DOUBLE AS train FROM (${relation}) ORDER BY n DESC, value LIMIT ${MAX_VALUES + 1}`,
  );
  if (found.length > MAX_VALUES) return undefined;
  return found.map(({ value, n, train }) => ({
    value: value as string,
    rows: numberOf(n),
    trainRows: numberOf(train),
  }));
}

async function readRanges(
  database: Database,
  columns: readonly RoledColumn[],
): Promise<ReadonlyMap<string, ValueRange>> {
  const numbers = columns.filter(({ kind }) => kind === 'number' || kind === 'boolean' || kind === 'timestamp');
  const toSql = ({ sql, kind }: RoledColumn) => {
    const toNumber = (value: string) => (kind === 'timestamp' ? `epoch_us(${value})::DOUBLE` : `${value}::DOUBLE`);
    return [`${toNumber(`min(${sql})`)} AS ${sql}_min`, `${toNumber(`max(${sql})`)} AS ${sql}_max`];
  };
  const unknown = numbers.filter(({ range }) => range === undefined);
  const row = await aggregate(database, unknown, { toSql, from: TABLE });
  const get = (key: string) => (row[key] as number | null) ?? undefined;
  return new Map(numbers.map(({ sql, range }) => [sql, range ?? { min: get(`${sql}_min`), max: get(`${sql}_max`) }]));
}

async function takeSample(database: Database, rows: number): Promise<string> {
  const step = Math.ceil(rows / SAMPLE_ROWS);
  if (step <= 1) return TABLE;
  await database.run(`CREATE TABLE sample AS SELECT * FROM ${TABLE} WHERE rowid % ${step} = 0`);
  return 'sample';
}
