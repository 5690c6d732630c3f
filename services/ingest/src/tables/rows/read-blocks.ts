// The kept rows of the working table as typed arrays, in order, a block at a time. No value of a row is an object.

import type { ColumnType, ColumnValues, RowIds } from '@athanor/data';
import { type DuckDBDataChunk, DuckDBListVector } from '@duckdb/node-api';
import { type Database, numberOf } from '../database/database.js';
import type { VersionColumn } from './version-column.js';

export interface Block {
  readonly ids: RowIds;
  readonly values: readonly ColumnValues[];
}

export interface BlockOptions {
  readonly columns: readonly VersionColumn[];
  /** Rows of the train partition come first. */
  readonly trainRows: number;
  /** A table with the column `row`; undefined if no row is removed. */
  readonly removed: string | undefined;
}

const MAX_CELLS = 2_000_000;
/** Columns of one statement: planning takes time quadratic in their number. */
const MAX_COLUMNS = 256;

export async function* readBlocks(database: Database, options: BlockOptions): AsyncGenerator<Block> {
  const ranges = await blockRanges(database, options.columns.length);
  const parts = partsOf(options.columns);
  const statements = ranges.flatMap(range => parts.map(part => partSql(part, options, range)));
  let values: ColumnValues[] = [];
  let index = 0;
  for await (const chunks of database.chunks(statements)) {
    const range = ranges[Math.floor(index / parts.length)]!;
    const part = parts[index % parts.length]!;
    const read = readPart(part, chunks, options) ?? (await readSorted(database, part, { options, range }));
    for (const [place, each] of part.places.entries()) values[each] = read.values[place]!;
    if (++index % parts.length !== 0) continue;
    if (read.ids.ordinals.length > 0) yield { ids: read.ids, values };
    values = [];
  }
}

/** Columns that one statement reads: those of fixed width row by row, those of texts as one text. */
interface Part {
  readonly isText: boolean;
  readonly columns: readonly VersionColumn[];
  /** Their indices in the version. */
  readonly places: readonly number[];
}

function partsOf(columns: readonly VersionColumn[]): Part[] {
  const parts: Part[] = [];
  for (const isText of [false, true]) {
    const own = [...columns.entries()].filter(([, { column }]) => (column.type.kind === 'text') === isText);
    for (let begin = 0; begin < own.length; begin += MAX_COLUMNS) {
      const some = own.slice(begin, begin + MAX_COLUMNS);
      parts.push({ isText, columns: some.map(([, column]) => column), places: some.map(([place]) => place) });
    }
  }
  return parts;
}

interface Range {
  readonly begin: number;
  readonly end: number;
}

/**
 * Ranges of rows that one thread scans: at most a row group of DuckDB each. A query over more of them would aggregate
 * their values in the order in which its threads come to them.
 */
async function blockRanges(database: Database, columns: number): Promise<Range[]> {
  const groups = await database.query(
    `SELECT row_group_id AS id, sum(count) AS rows FROM pragma_storage_info('t')
     WHERE segment_type <> 'VALIDITY' AND column_id = 0 GROUP BY id ORDER BY id`,
  );
  const maxRows = Math.max(1, Math.floor(MAX_CELLS / columns));
  const ranges: Range[] = [];
  let begin = 0;
  for (const { rows } of groups) {
    const end = begin + numberOf(rows);
    for (; begin < end; begin = Math.min(begin + maxRows, end))
      ranges.push({ begin, end: Math.min(begin + maxRows, end) });
  }
  return ranges;
}

function partSql(
  { isText, columns }: Part,
  { removed }: BlockOptions,
  { begin, end }: Range,
  isSorted = false,
): string {
  const kept = removed === undefined ? '' : ` AND rowid NOT IN (SELECT row FROM ${removed})`;
  const rows = `FROM t WHERE rowid >= ${begin} AND rowid < ${end}${kept}`;
  const order = isSorted ? ' ORDER BY rowid' : '';
  if (!isText) return `SELECT rowid, ${columns.map(valueSql).join(', ')} ${rows}${order}`;
  const lists = columns.map(
    ({ sql }) =>
      `encode(string_agg(coalesce(${sql}, ''), ''${order})), list(CAST(strlen(coalesce(${sql}, '')) AS INTEGER)${order})`,
  );
  return `SELECT list(rowid${order}), ${lists.join(', ')} ${rows}`;
}

/** Never needed so far; that rows are in order is not guaranteed by DuckDB. */
async function readSorted(
  database: Database,
  part: Part,
  { options, range }: { options: BlockOptions; range: Range },
): Promise<ReadPart> {
  for await (const chunks of database.chunks([partSql(part, options, range, true)])) {
    const read = readPart(part, chunks, options);
    if (read !== undefined) return read;
  }
  throw new Error(`expected the rows from ${range.begin} to ${range.end} in order`);
}

/** A value of fixed width that is never NULL. */
function valueSql({ column: { type, nullable }, sql }: VersionColumn): string {
  const known = (value: string, missing: string) => (nullable ? `coalesce(${value}, ${missing})` : value);
  switch (type.kind) {
    case 'number':
      if (type.dtype === 'FP64') return known(`CAST(${sql} AS DOUBLE)`, "'nan'::DOUBLE");
      return `CAST(${sql} AS ${type.dtype === 'INT64' ? 'BIGINT' : 'UTINYINT'})`;
    case 'timestamp':
      return known(`epoch_us(${sql})`, "CAST('-9223372036854775808' AS BIGINT)");
    case 'category':
      return known(`CAST(enum_code(CAST(${sql} AS ${enumOf(sql)})) AS INTEGER)`, '-1');
    default:
      throw new TypeError(`expected values of a fixed width, got ${type.kind}`);
  }
}

/** The SQL type with a category's values in the order of their codes. */
export function enumOf(sql: string): string {
  return `enum_${sql}`;
}

interface ReadPart {
  readonly ids: RowIds;
  readonly values: readonly ColumnValues[];
}

/** Undefined if the rows are not in order. */
function readPart(part: Part, chunks: readonly DuckDBDataChunk[], { trainRows }: BlockOptions): ReadPart | undefined {
  const read = part.isText ? readTexts(part, chunks[0]!) : readFixed(part, chunks);
  const ids = toRowIds(read.rows, trainRows);
  return isAscending(ids) ? { ids, values: read.values } : undefined;
}

type Items = Float64Array | BigInt64Array | Int32Array | Uint8Array;

function readFixed({ columns }: Part, chunks: readonly DuckDBDataChunk[]) {
  const length = chunks.reduce((sum, { rowCount }) => sum + rowCount, 0);
  const rows = new BigInt64Array(length);
  const arrays: Items[] = [rows, ...columns.map(({ column: { type } }) => arrayFor(type, length))];
  let at = 0;
  for (const chunk of chunks) {
    for (const [index, array] of arrays.entries()) {
      const { items } = chunk.getColumnVector(index) as unknown as { items: Items };
      array.set(items.subarray(0, chunk.rowCount) as never, at);
    }
    at += chunk.rowCount;
  }
  return { rows, values: columns.map(({ column: { type } }, index) => toValues(type.kind, arrays[index + 1]!)) };
}

function arrayFor(type: ColumnType, length: number): Items {
  if (type.kind === 'category') return new Int32Array(length);
  if (type.kind === 'timestamp' || (type.kind === 'number' && type.dtype === 'INT64')) return new BigInt64Array(length);
  return type.kind === 'number' && type.dtype === 'BOOL' ? new Uint8Array(length) : new Float64Array(length);
}

function toValues(kind: ColumnType['kind'], items: Items): ColumnValues {
  if (kind === 'category') return { kind, codes: items as Int32Array };
  if (kind === 'timestamp') return { kind, data: items as BigInt64Array };
  return { kind: 'number', data: items as Float64Array };
}

function readTexts({ columns }: Part, chunk: DuckDBDataChunk) {
  const rows = listOf(chunk, 0) as BigInt64Array | undefined;
  const values = columns.map((_, index): ColumnValues => {
    const { bytes } = (chunk.getColumnVector(2 * index + 1).getItem(0) ?? { bytes: new Uint8Array(0) }) as {
      bytes: Uint8Array;
    };
    const lengths = (listOf(chunk, 2 * index + 2) ?? new Int32Array(0)) as Int32Array;
    return { kind: 'text', bytes, offsets: toOffsets(lengths) };
  });
  return { rows: rows ?? new BigInt64Array(0), values };
}

/** Undefined for no rows. */
function listOf(chunk: DuckDBDataChunk, index: number): Items | undefined {
  const vector = chunk.getColumnVector(index);
  if (!(vector instanceof DuckDBListVector)) throw new TypeError('expected a list of values');
  return (vector.getItemVector(0) as unknown as { items: Items } | null)?.items;
}

function toOffsets(lengths: Int32Array): Float64Array {
  const offsets = new Float64Array(lengths.length + 1);
  for (let row = 0; row < lengths.length; row++) offsets[row + 1] = offsets[row]! + lengths[row]!;
  return offsets;
}

function toRowIds(rows: BigInt64Array, trainRows: number): RowIds {
  const words = new Uint32Array(rows.buffer, rows.byteOffset, 2 * rows.length);
  const ordinals = new Uint32Array(rows.length);
  const partitions = new Uint8Array(rows.length);
  for (let index = 0; index < rows.length; index++) {
    const row = words[2 * index]!;
    const isTest = row >= trainRows;
    ordinals[index] = isTest ? row - trainRows : row;
    partitions[index] = isTest ? 1 : 0;
  }
  return { ordinals, partitions };
}

function isAscending({ ordinals, partitions }: RowIds): boolean {
  for (let index = 1; index < ordinals.length; index++) {
    const step = partitions[index]! - partitions[index - 1]!;
    if (step < 0 || (step === 0 && ordinals[index]! <= ordinals[index - 1]!)) return false;
  }
  return true;
}
