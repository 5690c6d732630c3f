// The kept rows → shards of each split, dictionaries and statistics, in one pass over the working table.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SPLITS, type SplitName, writeDictionary } from '@athanor/data';
import type { ValueRange } from '../../checks/check.js';
import type { Database } from '../database/database.js';
import { StatisticsCollector, textStatistics } from '../statistics/column-statistics.js';
import type { ColumnStatistics, SplitFractions, TableColumn, TableResult } from '../table-plan.js';
import { ClassCounter } from './class-counter.js';
import type { KeptRows } from './dictionaries.js';
import { type Block, readBlocks } from './read-blocks.js';
import { fractionOf, hashTexts, mixColumn, seedHashes } from './row-hash.js';
import { SplitWriter } from './split-writer.js';
import type { VersionColumn } from './version-column.js';

export interface VersionWork {
  readonly columns: readonly VersionColumn[];
  readonly kept: KeptRows;
  /** Of numbers, over all rows. */
  readonly ranges: ReadonlyMap<string, ValueRange>;
  readonly trainRows: number;
  readonly split: SplitFractions;
  /** Where files are written, and the name of that folder in the folder of the import. */
  readonly folder: string;
  readonly name: string;
  readonly removed: string | undefined;
  readonly onRows: (completed: number, total: number) => void;
}

export interface WrittenVersion {
  readonly columns: readonly TableColumn[];
  readonly statistics: readonly ColumnStatistics[];
  readonly splits: TableResult['splits'];
}

export async function writeVersion(database: Database, work: VersionWork): Promise<WrittenVersion> {
  const { columns, kept, folder, name } = work;
  const statistics = new StatisticsCollector(columns, work.ranges, kept.rows);
  const types = columns.map(({ column }) => column.type);
  const writers = SPLITS.map(
    split => new SplitWriter(split, types, { folder: { path: folder, name }, maxRows: Math.max(1, kept.rows) }),
  );
  const router = new SplitRouter(work);
  const classes = new ClassCounter(columns);
  let done = 0;
  for await (const block of readBlocks(database, work)) {
    const splits = router.splitsOf(block);
    const rows = writers.map((_, index) => rowsOf(splits, index));
    statistics.add(block, rows[TRAIN]!);
    classes.add(block, rows);
    for (const [index, writer] of writers.entries()) await writer.append(block, rows[index]!);
    done += block.ids.ordinals.length;
    work.onRows(done, kept.rows);
  }
  for (const writer of writers) await writer.end();
  if (done !== kept.rows) throw new Error(`expected to write ${kept.rows} rows, wrote ${done}`);
  return {
    columns: await writeDictionaries(columns, { folder, name }),
    statistics: statistics.end(kept.rows, await textStatistics(database, columns, kept.sql)),
    splits: writers.map(({ split, rows, shards }, index) => ({ split, rows, shards, ...classes.of(index) })),
  };
}

/**
 * Decides the split of each row by the hash of its inputs, so that equal inputs stay together; of few different inputs
 * by that of its ordinal too. Given test rows are the test split.
 */
class SplitRouter {
  readonly #work: VersionWork;
  readonly #byOrdinal: boolean;
  readonly #inputs: readonly { index: number; dictionary: Uint32Array | undefined }[];

  constructor(work: VersionWork) {
    this.#work = work;
    const hashed = new Set(work.columns.filter(({ column }) => column.role === 'input'));
    this.#byOrdinal = maxDifferent(hashed, work.ranges) < MIN_DIFFERENT_ROWS;
    this.#inputs = work.columns.flatMap((column, index) =>
      hashed.has(column) ? [{ index, dictionary: column.dictionary && hashTexts(column.dictionary.entries) }] : [],
    );
  }

  /** Indices into SPLITS. */
  splitsOf({ ids, values }: Block): Uint8Array {
    const { validationFraction, testFraction, salt } = this.#work.split;
    const hashes = seedHashes(ids.ordinals.length, salt);
    for (const { index, dictionary } of this.#inputs) mixColumn(hashes, values[index]!, dictionary);
    if (this.#byOrdinal) mixColumn(hashes, { kind: 'number', data: Float64Array.from(ids.ordinals) });
    const splits = new Uint8Array(ids.ordinals.length);
    for (let row = 0; row < splits.length; row++) {
      const fraction = fractionOf(hashes, row);
      if (ids.partitions[row] === 1 || fraction < testFraction) splits[row] = TEST;
      else splits[row] = fraction < testFraction + validationFraction ? VALIDATION : TRAIN;
    }
    return splits;
  }
}

/** With fewer different inputs a split by their hash would be far from its fraction, or empty. */
const MIN_DIFFERENT_ROWS = 64;

/** An upper bound of the number of different rows of these columns. */
function maxDifferent(columns: Iterable<VersionColumn>, ranges: ReadonlyMap<string, ValueRange>): number {
  let different = 1;
  for (const { column, sql, dictionary } of columns) {
    const { min = 0, max = Number.POSITIVE_INFINITY } = ranges.get(sql) ?? {};
    const isWhole = column.type.kind === 'number' && column.type.dtype !== 'FP64';
    const values = dictionary?.entries.length ?? (isWhole || min === max ? max - min + 1 : Number.POSITIVE_INFINITY);
    different *= values + Number(column.nullable);
  }
  return different;
}

const indexOf = (split: SplitName) => SPLITS.indexOf(split);
const [TRAIN, VALIDATION, TEST] = [indexOf('train'), indexOf('validation'), indexOf('test')];

function rowsOf(splits: Uint8Array, split: number): Int32Array {
  const rows = new Int32Array(splits.length);
  let count = 0;
  for (let row = 0; row < splits.length; row++) if (splits[row] === split) rows[count++] = row;
  return rows.subarray(0, count);
}

async function writeDictionaries(
  columns: readonly VersionColumn[],
  { folder, name }: { folder: string; name: string },
): Promise<TableColumn[]> {
  const written: TableColumn[] = [];
  for (const [index, { column, dictionary }] of columns.entries()) {
    if (dictionary === undefined) {
      written.push(column);
      continue;
    }
    const dictionaryFile = `${name}/dictionary-${index}.safetensors`;
    await writeFile(join(folder, dictionaryFile), writeDictionary(dictionary.entries));
    written.push({ ...column, dictionaryFile, entries: dictionary.entries.length });
  }
  return written;
}
