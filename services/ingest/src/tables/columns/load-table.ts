// Sources → one working table, with the cheapest types that lose nothing. A first guess comes from samples; a value that
// does not fit makes its column text, which settle-columns.ts looks at in full.

import { FormatError } from '../../formats/rows.js';
import { type Database, numberOf } from '../database/database.js';
import { columnSql } from '../database/sql.js';
import type { SourceTable } from '../sources/source-table.js';
import type { TablePlan, TableReading } from '../table-plan.js';
import { expectColumn } from './column-names.js';
import { MAX_EXACT } from './exact.js';
import { type NumberProfile, profileNumbers } from './number-profile.js';
import type { SqlType } from './sql-type.js';

export const TABLE = 't';
/** Ordinals of rows are UINT32 in shards. */
const MAX_ROWS = 2 ** 32 - 1;

export interface LoadedColumn {
  readonly name: string;
  readonly sql: string;
  readonly isUnnamed: boolean;
  readonly type: SqlType;
  /** Of a number: without decimals in every value. */
  readonly whole: boolean;
  /** Of texts that the sources call a category. */
  readonly isCategory: boolean;
  /** A text of a typed format, to be taken as it is. */
  readonly isTyped: boolean;
  /** Of a number read as such. */
  readonly numbers?: NumberProfile;
}

export interface LoadedTable {
  readonly columns: readonly LoadedColumn[];
  readonly rows: number;
  readonly trainRows: number;
  /** Rows of each source, in the order of the working table. */
  readonly sourceRows: readonly { readonly source: SourceTable; readonly rows: number }[];
  /** What was read of each source at most, in a plan. */
  readonly maxRows: number | undefined;
}

interface Reader {
  name: string;
  sql: string;
  type: SqlType;
  whole: boolean;
  isUnnamed: boolean;
  isCategory: boolean;
  strip: string | undefined;
}

export async function loadTable(
  database: Database,
  sources: readonly SourceTable[],
  { reading, sample }: Pick<TablePlan, 'reading' | 'sample'>,
): Promise<LoadedTable> {
  const readers = readersOf(sources, reading);
  const maxRows = sample === undefined ? undefined : Math.ceil(sample.rows / sources.length);
  const isTyped = sources.every(source => source.isTyped);
  for (;;) {
    const sourceRows = await readAll(database, { sources, readers, maxRows });
    const numbers = await profileNumbers(
      database,
      readers.filter(({ type }) => type === 'DOUBLE').map(({ sql }) => sql),
    );
    const flawed = readers.filter(reader => mustBeText(reader, numbers.get(reader.sql), isTyped));
    for (const reader of flawed) reader.type = 'VARCHAR';
    if (flawed.length > 0) continue;
    for (const source of sources) await source.release?.();
    const count = (which: typeof sourceRows) => which.reduce((sum, { rows }) => sum + rows, 0);
    return {
      columns: readers.map(({ strip: _, ...reader }) => {
        const own = numbers.get(reader.sql);
        return { ...reader, isTyped, ...(own === undefined ? {} : { numbers: own }) };
      }),
      rows: count(sourceRows),
      trainRows: count(sourceRows.filter(({ source }) => source.partition === 'train')),
      sourceRows,
      maxRows,
    };
  }
}

/** A typed format means its infinite values; in a text they may be a word, and large whole numbers are not exact. */
function mustBeText({ whole }: Reader, profile: NumberProfile | undefined, isTyped: boolean): boolean {
  if (profile === undefined || isTyped) return false;
  const isInexact = whole && Math.max(Math.abs(profile.min ?? 0), Math.abs(profile.max ?? 0)) > MAX_EXACT;
  return profile.infinite > 0 || isInexact;
}

/** Throws FormatError unless all sources have the same columns, in any order. */
function readersOf(sources: readonly SourceTable[], reading: TableReading): Reader[] {
  const [first] = sources as [SourceTable];
  for (const source of sources.slice(1)) expectSameColumns(first, source);
  for (const name of reading.ignore) expectColumn(name, first.names, '--ignore');
  for (const name of Object.keys(reading.types)) expectColumn(name, first.names, '--type');
  for (const name of Object.keys(reading.strip)) expectColumn(name, first.names, '--strip');
  const readers = first.names.flatMap((name, index) => {
    if (reading.ignore.includes(name)) return [];
    const hints = sources.map(source => source.hints[source.names.indexOf(name)]!);
    const choice = reading.types[name];
    const strip = reading.strip[name];
    const isOne = hints.every(({ type }) => type === hints[0]!.type);
    const mustBeText = strip !== undefined || (choice !== undefined && choice !== 'number') || !isOne;
    const type: SqlType = mustBeText ? 'VARCHAR' : hints[0]!.type;
    const whole = type === 'BIGINT' || hints.every(hint => hint.whole);
    const isCategory = hints.every(hint => hint.isCategory === true);
    return [{ name, sql: columnSql(index), type, whole, isUnnamed: first.unnamed.has(index), isCategory, strip }];
  });
  if (readers.length === 0) throw new FormatError('expected at least one column, but --ignore names all of them');
  return readers;
}

function expectSameColumns(first: SourceTable, source: SourceTable): void {
  const absent = first.names.filter(name => !source.names.includes(name));
  const extra = source.names.filter(name => !first.names.includes(name));
  if (absent.length === 0 && extra.length === 0) return;
  const list = (names: readonly string[]) => names.slice(0, 20).join(', ');
  const flaws = [
    ...(absent.length > 0 ? [`without ${list(absent)}`] : []),
    ...(extra.length > 0 ? [`with ${list(extra)}`] : []),
  ];
  throw new FormatError(
    `${source.filename}: expected the columns of ${first.filename}, got columns ${flaws.join(' and ')}; make them equal`,
  );
}

interface ReadWork {
  readonly sources: readonly SourceTable[];
  readonly readers: readonly Reader[];
  readonly maxRows: number | undefined;
}

/** Reads all sources, a column as text where its guess fails. */
async function readAll(database: Database, work: ReadWork) {
  const { readers } = work;
  for (let failures = 0; ; ) {
    try {
      return await readOnce(database, work);
    } catch (error) {
      const column = /^Conversion Error[\s\S]*converting column "(c\d+)"/.exec((error as Error).message)?.[1];
      const failed = readers.find(({ sql }) => sql === column);
      if (failed === undefined) throw error;
      failures++;
      // Each failure costs the reading of a file.
      for (const reader of failures > 1 ? readers : [failed]) reader.type = 'VARCHAR';
    }
  }
}

async function readOnce(database: Database, { sources, readers, maxRows }: ReadWork) {
  await database.run(`DROP TABLE IF EXISTS ${TABLE}`);
  const sourceRows: { source: SourceTable; rows: number }[] = [];
  let before = 0;
  for (const [index, source] of sources.entries()) {
    const limit = maxRows === undefined ? '' : ` LIMIT ${maxRows}`;
    const wanted = () => readers.map(reader => ({ ...reader, index: source.names.indexOf(reader.name) }));
    const select = () => `${source.select(wanted())}${limit}`;
    const statement = () => (index === 0 ? `CREATE TABLE ${TABLE} AS ${select()}` : `INSERT INTO ${TABLE} ${select()}`);
    await database.run(statement()).catch(async (error: Error) => {
      if (/^Conversion Error[\s\S]*converting column/.test(error.message)) throw error;
      if (/^Out of Memory Error/.test(error.message)) throw error;
      const explained = await source.explain(error);
      if (explained !== undefined) throw explained;
      await database.run(statement());
    });
    const [counted] = await database.query(`SELECT count(*) AS rows FROM ${TABLE}`);
    const after = numberOf(counted?.rows);
    sourceRows.push({ source, rows: after - before });
    before = after;
  }
  if (before > MAX_ROWS) throw new FormatError(`expected at most ${MAX_ROWS} rows, got ${before}; import fewer`);
  return sourceRows;
}
