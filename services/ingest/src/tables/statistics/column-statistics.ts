// Statistics of the version's columns: those of numbers from the rows as they are written, those of categories from
// their dictionaries, those of texts from SQL.

import { type ColumnValues, MISSING_TIMESTAMP } from '@athanor/data';
import type { ValueRange } from '../../checks/check.js';
import { TABLE } from '../columns/load-table.js';
import { aggregate } from '../database/aggregate.js';
import { type Database, numberOf } from '../database/database.js';
import type { Block } from '../rows/read-blocks.js';
import type { VersionColumn } from '../rows/version-column.js';
import type { ColumnStatistics, TextStatistics } from '../table-plan.js';
import { NumberAccumulator } from './number-accumulator.js';
import { TargetCollector } from './targets-by-value.js';

const TOP_VALUES = 20;

export class StatisticsCollector {
  readonly #columns: readonly VersionColumn[];
  readonly #numbers: readonly (NumberAccumulator | undefined)[];
  readonly #targets: TargetCollector;

  /** `maxRows`: of the version. */
  constructor(columns: readonly VersionColumn[], ranges: ReadonlyMap<string, ValueRange>, maxRows: number) {
    this.#columns = columns;
    this.#targets = new TargetCollector(columns, maxRows);
    this.#numbers = columns.map(({ sql, count }) => {
      const range = ranges.get(sql);
      if (range === undefined) return undefined;
      const { min = 0, max = 0 } = range;
      return new NumberAccumulator({ min, max, count });
    });
  }

  /** `trainRows`: those of the block that are in the training split. */
  add(block: Block, trainRows: Int32Array): void {
    for (const [index, accumulator] of this.#numbers.entries()) accumulator?.add(toNumbers(block.values[index]!));
    this.#targets.add(block, trainRows);
  }

  end(rows: number, texts: ReadonlyMap<string, TextStatistics>): ColumnStatistics[] {
    const targets = this.#targets.end(index => this.#numbers[index]?.unique.count ?? 0);
    return this.#ofColumns(rows, texts).map((statistics, index) => {
      const targetsByValue = targets.get(index);
      return targetsByValue === undefined ? statistics : { ...statistics, targetsByValue };
    });
  }

  #ofColumns(rows: number, texts: ReadonlyMap<string, TextStatistics>): ColumnStatistics[] {
    return this.#columns.map((column, index) => {
      const { name } = column.column;
      const numbers = this.#numbers[index];
      if (numbers !== undefined) {
        const number = numbers.end();
        const { count } = numbers;
        return { column: name, count, missing: rows - count, unique: numbers.unique, ...(number && { number }) };
      }
      const common = { column: name, count: column.count, missing: rows - column.count };
      const text = texts.get(column.sql);
      if (column.dictionary !== undefined) return { ...common, ...categoryStatistics(column.dictionary) };
      const unique = column.distinct === undefined ? {} : { unique: { count: column.distinct, exact: false } };
      return { ...common, ...unique, ...(text && { text }) };
    });
  }
}

function toNumbers(values: ColumnValues): Float64Array {
  if (values.kind !== 'number' && values.kind !== 'timestamp')
    throw new TypeError(`expected numbers, got ${values.kind}`);
  const { data } = values;
  if (data instanceof Float64Array) return data;
  if (data instanceof Uint8Array) return new Float64Array(data);
  const words = new Int32Array(data.buffer, data.byteOffset, 2 * data.length);
  const numbers = new Float64Array(data.length);
  const missing = values.kind === 'timestamp' ? Number(MISSING_TIMESTAMP) : Number.NaN;
  for (let row = 0; row < data.length; row++) {
    const value = words[2 * row + 1]! * 2 ** 32 + (words[2 * row]! >>> 0);
    numbers[row] = value === missing ? Number.NaN : value;
  }
  return numbers;
}

function categoryStatistics({ entries, rows }: { entries: readonly string[]; rows: readonly number[] }) {
  const order = [...entries.keys()].sort((a, b) => rows[b]! - rows[a]! || a - b);
  const topValues = order.slice(0, TOP_VALUES).map(code => ({ value: entries[code]!, rows: rows[code]! }));
  const unique = { count: entries.length, exact: true };
  if (entries.length === 0) return { unique, topValues };
  const lengths = entries.map(entry => [...entry].length);
  const count = rows.reduce((sum, each) => sum + each, 0);
  const total = lengths.reduce((sum, length, code) => sum + length * rows[code]!, 0);
  const extremes = lengths.reduce(
    (found, length) => [Math.min(found[0]!, length), Math.max(found[1]!, length)],
    [Number.POSITIVE_INFINITY, 0],
  );
  return { unique, topValues, text: { minLength: extremes[0]!, maxLength: extremes[1]!, meanLength: total / count } };
}

/** Lengths of the texts of the kept rows. */
export async function textStatistics(
  database: Database,
  columns: readonly VersionColumn[],
  keptSql: string,
): Promise<Map<string, TextStatistics>> {
  const texts = columns.filter(({ column }) => column.type.kind === 'text');
  const toSql = ({ sql }: VersionColumn) => [
    `min(length(${sql})) AS ${sql}_min`,
    `max(length(${sql})) AS ${sql}_max`,
    `sum(length(${sql})) AS ${sql}_sum`,
  ];
  const row = await aggregate(database, texts, { toSql, from: `${TABLE} WHERE ${keptSql}` });
  return new Map(
    texts.flatMap(({ sql, count }) => {
      if (count === 0) return [];
      const get = (key: string) => numberOf(row[`${sql}_${key}`]);
      return [[sql, { minLength: get('min'), maxLength: get('max'), meanLength: get('sum') / count }] as const];
    }),
  );
}
