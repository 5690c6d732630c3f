// The final type of each column of the working table, by all its values; the table's columns are changed to it.

import { type Database, numberOf } from '../database/database.js';
import { literal, literals, trimmed } from '../database/sql.js';
import type { Refuse } from '../problems.js';
import type { ColumnChoice, TableReading } from '../table-plan.js';
import { type Decided, type Decision, decideType, isCategory } from './decide-type.js';
import { MAX_EXACT } from './exact.js';
import type { LoadedColumn, LoadedTable } from './load-table.js';
import { type Misfits, settleMisfits } from './misfits.js';
import { profileNumbers } from './number-profile.js';
import type { SqlType } from './sql-type.js';
import {
  asBoolean,
  asChosenBoolean,
  asChosenTimestamp,
  asDouble,
  asInteger,
  asTimestamp,
  isToken,
  outlineText,
  profileText,
  type TextOutline,
} from './text-profile.js';
import { dropValues, sampleDistinct, type TextValuesTable, textValues } from './text-values.js';

export interface SettledColumn {
  readonly name: string;
  readonly sql: string;
  readonly isUnnamed: boolean;
  readonly kind: 'number' | 'boolean' | 'timestamp' | 'category' | 'text';
  readonly sqlType: SqlType;
  /** Of a number: all values are whole, and at most 2^53 unless its SQL type is BIGINT. */
  readonly whole: boolean;
  /** Of a whole number: written without decimals, so that it is an integer and not a float that happens to be whole. */
  readonly isInteger: boolean;
  /** Rows that have a value. */
  readonly count: number;
  /** Of a column of doubles. */
  readonly range?: { readonly min: number | undefined; readonly max: number | undefined };
  /** Different values of a text or category; an estimate if they are many. */
  readonly distinct?: number;
  /** Whether there is a table of these values: text-values.ts. */
  readonly isDistinct?: boolean;
}

export interface SettledTable {
  readonly columns: readonly SettledColumn[];
  readonly misfits: readonly Misfits[];
}

export interface SettleOptions {
  readonly reading: TableReading;
  readonly targets: readonly string[];
  readonly refuse: Refuse;
}

export async function settleColumns(
  database: Database,
  table: LoadedTable,
  { reading, targets, refuse }: SettleOptions,
): Promise<SettledTable> {
  const texts = table.columns.filter(({ type }) => type === 'VARCHAR').map(({ sql }) => sql);
  const sampled = await sampleDistinct(database, texts);
  const columns: SettledColumn[] = [];
  const misfits: Misfits[] = [];
  for (const column of table.columns) {
    const isText = sampled.has(column.sql);
    if (!isText) {
      columns.push(await settleTyped(database, await clearNumbers(database, column, reading.nulls), table));
      continue;
    }
    const choice = reading.types[column.name] ?? (column.isCategory ? 'category' : undefined);
    const { values, outline } = await trimmedValues(database, column.sql, sampled.get(column.sql)!, reading.nulls);
    const decision = await decide({ database, column, table, values, outline, reading, choice });
    if (decision.type === 'text') {
      const isTarget = targets.includes(column.name);
      columns.push(settleText(column, { values, outline, rows: table.rows, choice, isTarget }));
      continue;
    }
    const { type, value } = conversion(decision.type, column.sql, reading, choice);
    if (decision.misfits > 0)
      misfits.push(await settleMisfits(database, { column, value, table, reading, decided: decision.type, refuse }));
    await alter(database, column.sql, type, value);
    await dropValues(database, column.sql);
    columns.push(await settleTyped(database, { ...column, type, whole: decision.whole }, table));
  }
  return { columns, misfits };
}

interface OutlinedValues {
  readonly values: TextValuesTable;
  readonly outline: TextOutline;
}

/** The values of a text column, after its cells are trimmed and those that stand for a missing value are cleared. */
async function trimmedValues(
  database: Database,
  column: string,
  sampled: number,
  nulls: readonly string[],
): Promise<OutlinedValues> {
  const values = await textValues(database, column, sampled);
  const outline = await outlineText(database, values.relation);
  const isClear = async () =>
    nulls.length === 0 || (await count(database, values.relation, `v IN (${literals(nulls)})`)) === 0;
  if (outline.untrimmed === 0 && (await isClear())) return { values, outline };
  await alter(database, column, 'VARCHAR', trimmed(column, nulls));
  const again = await textValues(database, column, sampled);
  return { values: again, outline: await outlineText(database, again.relation) };
}

const WHOLE = /^[+-]?\d+$/;

/** Of a number that was read as such. */
async function clearNumbers(database: Database, column: LoadedColumn, nulls: readonly string[]): Promise<LoadedColumn> {
  const { sql, type, numbers: _, ...rest } = column;
  if (type !== 'DOUBLE' && type !== 'BIGINT') return column;
  // A cast to BIGINT would round.
  const texts = type === 'BIGINT' ? nulls.filter(text => WHOLE.test(text)) : nulls;
  const numbers = texts.map(text => `try_cast(${literal(text)} AS ${type})`);
  if (numbers.length === 0) return column;
  const isNull = `coalesce(${sql} IN (${numbers.join(', ')}), false)`;
  if ((await count(database, 't', isNull)) === 0) return column;
  await alter(database, sql, type, `CASE WHEN NOT ${isNull} THEN ${sql} END`);
  return { ...rest, sql, type };
}

interface DecideWork {
  readonly database: Database;
  readonly column: LoadedColumn;
  readonly table: LoadedTable;
  readonly values: TextValuesTable;
  readonly outline: TextOutline;
  readonly reading: TableReading;
  readonly choice: ColumnChoice | undefined;
}

/** Of the values that begin like a number, a date or a boolean, as a share of all; below it nothing else is counted. */
const MIN_SUSPECTS = 0.01;

async function decide({ database, column, table, values, outline, reading, choice }: DecideWork): Promise<Decision> {
  const text: Decision = { type: 'text', misfits: 0, whole: false };
  if (choice === 'category' || choice === 'text') return text;
  if (choice !== undefined) return await forced(database, values.relation, reading, choice);
  if (column.isTyped) return text;
  if (outline.values > 0 && outline.suspects < outline.values * MIN_SUSPECTS) return text;
  return decideType(await profileText(database, values.relation, reading), table.rows);
}

async function forced(
  database: Database,
  relation: string,
  reading: TableReading,
  choice: ColumnChoice,
): Promise<Decision> {
  const type = choice as Exclude<ColumnChoice, 'category' | 'text'>;
  const { value } = conversion(type, 'v', reading, choice);
  const [row] = await database.query(
    `SELECT sum(n) AS misfits FROM ${relation} WHERE (${value}) IS NULL AND NOT ${isToken('v')}`,
  );
  return { type, misfits: numberOf(row?.misfits ?? 0), whole: choice === 'integer' };
}

function conversion(
  decided: Exclude<Decided, 'text'>,
  column: string,
  reading: TableReading,
  choice: ColumnChoice | undefined,
): { readonly type: SqlType; readonly value: string } {
  switch (decided) {
    case 'number':
      return { type: 'DOUBLE', value: asDouble(column, reading) };
    case 'integer':
      return { type: 'BIGINT', value: asInteger(column, reading) };
    case 'boolean':
      return { type: 'BOOLEAN', value: choice === 'boolean' ? asChosenBoolean(column) : asBoolean(column) };
    case 'timestamp':
      return { type: 'TIMESTAMP', value: choice === 'timestamp' ? asChosenTimestamp(column) : asTimestamp(column) };
  }
}

async function settleTyped(database: Database, column: LoadedColumn, { rows }: LoadedTable): Promise<SettledColumn> {
  const { name, sql, isUnnamed, type } = column;
  const common = { name, sql, isUnnamed };
  const numbers = type === 'DOUBLE' ? (column.numbers ?? (await profileNumbers(database, [sql])).get(sql)) : undefined;
  if (numbers !== undefined && numbers.nan + numbers.infinite > 0)
    await alter(database, sql, 'DOUBLE', `CASE WHEN isfinite(${sql}) THEN ${sql} END`);
  const count = numbers?.count ?? (await countOf(database, sql));
  if (type !== 'BIGINT') {
    const whole = numbers !== undefined && !numbers.hasFractions;
    const range = numbers === undefined ? {} : { range: { min: numbers.min, max: numbers.max } };
    return { ...common, ...range, kind: KINDS[type], sqlType: type, whole, isInteger: whole && column.whole, count };
  }
  const [range] = await database.query(`SELECT max(abs(CAST(${sql} AS HUGEINT)))::DOUBLE AS magnitude FROM t`);
  const magnitude = (range?.magnitude as number | null) ?? 0;
  // A missing value makes it FP64, which is exact for small numbers; for large ones the digits matter, not the value.
  if (count === rows || magnitude <= MAX_EXACT)
    return { ...common, kind: 'number', sqlType: 'BIGINT', whole: true, isInteger: true, count };
  await alter(database, sql, 'VARCHAR', `CAST(${sql} AS VARCHAR)`);
  return { ...common, kind: 'text', sqlType: 'VARCHAR', whole: false, isInteger: false, count };
}

const KINDS = {
  DOUBLE: 'number',
  BIGINT: 'number',
  BOOLEAN: 'boolean',
  TIMESTAMP: 'timestamp',
  VARCHAR: 'text',
} as const;

interface TextWork extends OutlinedValues {
  readonly rows: number;
  readonly choice: ColumnChoice | undefined;
  readonly isTarget: boolean;
}

function settleText(
  { name, sql, isUnnamed }: LoadedColumn,
  { values, outline, rows, choice, isTarget }: TextWork,
): SettledColumn {
  const { distinct, isDistinct } = values;
  const common = {
    name,
    sql,
    isUnnamed,
    sqlType: 'VARCHAR',
    whole: false,
    isInteger: false,
    count: outline.values,
  } as const;
  const known = { ...common, distinct, isDistinct };
  if (choice === 'category' || (isTarget && choice === undefined)) return { ...known, kind: 'category' };
  if (choice === 'text' || !isDistinct) return { ...known, kind: 'text' };
  const meanLength = outline.characters / Math.max(1, outline.values);
  return { ...known, kind: isCategory({ rows, distinct, meanLength }) ? 'category' : 'text' };
}

async function countOf(database: Database, column: string): Promise<number> {
  const [row] = await database.query(`SELECT count(${column}) AS n FROM t`);
  return numberOf(row?.n);
}

async function count(database: Database, relation: string, condition: string): Promise<number> {
  const [row] = await database.query(`SELECT count(*) AS n FROM ${relation} WHERE ${condition}`);
  return numberOf(row?.n);
}

async function alter(database: Database, column: string, type: SqlType, value: string): Promise<void> {
  await database.run(`ALTER TABLE t ALTER ${column} TYPE ${type} USING ${value}`);
}
