// Arrow's types in the working table: what each column is staged as in DuckDB, and how its values are converted.

import type { DataType, Field, Vector } from 'apache-arrow';
import { FormatError } from '../../formats/rows.js';
import type { StagedType, StagedValue } from '../database/database.js';
import type { ReadAs } from '../sources/source-table.js';

export interface ArrowColumn {
  /** In the source. */
  readonly index: number;
  readonly hint: ReadAs;
  readonly staged: StagedType;
  /** SQL of the value from the staged one. */
  readonly toSql: (staged: string) => string;
  readonly values: (vector: Vector) => (row: number) => StagedValue;
}

/** Arrow's ids of types; apache-arrow itself is loaded only when a file is read. */
const TYPES = {
  null: 1,
  int: 2,
  float: 3,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  largeUtf8: 20,
  utf8View: 24,
} as const;
const DICTIONARY = -1;

type Plan = Omit<ArrowColumn, 'index'>;
const identity = (staged: string) => staged;
const text = { hint: { type: 'VARCHAR', whole: false }, staged: 'VARCHAR', toSql: identity } as const;
const double = { hint: { type: 'DOUBLE', whole: false }, staged: 'DOUBLE', toSql: identity } as const;
const timestamp = {
  hint: { type: 'TIMESTAMP', whole: false },
  staged: 'BIGINT',
  toSql: (staged: string) => `make_timestamp(${staged})`,
} as const;
const cells = (vector: Vector) => (row: number) => vector.get(row) as StagedValue;

/** Throws FormatError for a type that is not a column of a table. */
export function arrowColumn({ name, type }: Field, index: number, filename: string): ArrowColumn {
  if (type.typeId !== DICTIONARY) return { index, ...planOf(name, type, filename) };
  const plan = planOf(name, (type as unknown as { dictionary: DataType }).dictionary, filename);
  return { index, ...plan, hint: { ...plan.hint, isCategory: plan.hint.type === 'VARCHAR' } };
}

function planOf(name: string, type: DataType, filename: string): Plan {
  switch (type.typeId as number) {
    case TYPES.null:
      return { ...text, values: () => () => null };
    case TYPES.int: {
      const { bitWidth, isSigned } = type as unknown as { bitWidth: number; isSigned: boolean };
      // Beyond 64 signed bits, as in Parquet.
      if (bitWidth === 64 && !isSigned) return { ...text, values: mapped(value => String(value)) };
      const hint = { type: 'BIGINT', whole: false } as const;
      return { hint, staged: 'BIGINT', toSql: identity, values: mapped(value => BigInt(value as number)) };
    }
    case TYPES.float:
      return { ...double, values: cells };
    case TYPES.decimal: {
      const { scale } = type as unknown as { scale: number };
      return { ...double, values: mapped(value => decimalOf(value as Uint32Array, scale)) };
    }
    case TYPES.bool:
      return { hint: { type: 'BOOLEAN', whole: false }, staged: 'BOOLEAN', toSql: identity, values: cells };
    case TYPES.utf8:
    case TYPES.largeUtf8:
    case TYPES.utf8View:
      return { ...text, values: cells };
    case TYPES.date:
      return { ...timestamp, values: mapped(value => BigInt(value as number) * 1_000n) };
    case TYPES.timestamp:
      return { ...timestamp, values: instants((type as unknown as { unit: number }).unit) };
    case TYPES.time: {
      const { unit } = type as unknown as { unit: number };
      return { ...text, values: mapped(value => timeOfDay(BigInt(value as number), unit)) };
    }
    default: {
      const message = `expected numbers, texts, booleans and dates, got ${type} in the column '${name}'`;
      throw new FormatError(`${filename}: ${message}; leave it out with --ignore ${name}, or flatten it`);
    }
  }
}

function mapped(convert: (value: unknown) => StagedValue): ArrowColumn['values'] {
  return vector => row => {
    const value = vector.get(row) as unknown;
    return value === null || value === undefined ? null : convert(value);
  };
}

/** Units from a second to a nanosecond: how many are a second. */
const PER_SECOND = [1n, 1_000n, 1_000_000n, 1_000_000_000n] as const;

/** Microseconds since 1970 UTC: a time zone is for display only. The getter of a vector would round to milliseconds. */
function instants(unit: number): ArrowColumn['values'] {
  const perSecond = PER_SECOND[unit] ?? 1_000_000n;
  return vector => row => {
    if (!vector.isValid(row)) return null;
    const value = rawAt(vector, row);
    if (perSecond <= 1_000_000n) return value * (1_000_000n / perSecond);
    const [divisor, rest] = [perSecond / 1_000_000n, value % (perSecond / 1_000_000n)];
    return value / divisor - (rest < 0n ? 1n : 0n);
  };
}

/** Of a vector of 64-bit integers with one chunk, as each column of a record batch is. */
function rawAt(vector: Vector, row: number): bigint {
  const [data] = vector.data;
  const values = (data as { values: BigInt64Array } | undefined)?.values;
  const value = values?.[row];
  if (value === undefined) throw new RangeError(`expected a value in row ${row}`);
  return value;
}

/** Little-endian two's complement. */
function decimalOf(words: Uint32Array, scale: number): number {
  const unsigned = [...words].reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
  const value = BigInt.asIntN(32 * words.length, unsigned);
  return Number(`${value}e-${scale}`);
}

/** "07:30:15.25" */
function timeOfDay(value: bigint, unit: number): string {
  const perSecond = PER_SECOND[unit] ?? 1_000_000n;
  const seconds = Number(value / perSecond);
  const two = (part: number) => String(Math.floor(part)).padStart(2, '0');
  const digits = String(perSecond).length - 1;
  const fraction =
    digits === 0
      ? ''
      : String(value % perSecond)
          .padStart(digits, '0')
          .replace(/0+$/, '');
  const clock = `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
  return fraction === '' ? clock : `${clock}.${fraction}`;
}
