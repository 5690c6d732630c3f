// Rows with named columns as the input tensors of a model: one per column, [n, 1]. What a client sends for a missing
// value is said in protos/athanor/api/v1/column.proto.

import type { InferTensor } from './infer.js';
import type { Datatype } from './raw-tensor.js';

/** One input of a model. `kind` distinguishes a timestamp from a number; both may be INT64. */
export interface ColumnInput {
  readonly name: string;
  readonly datatype: string;
  /** Of the column: "number", "category", "text" or "timestamp"; empty if unknown. */
  readonly kind: string;
}

/** A row by column name; null, undefined and the empty text are missing values. */
export type NamedRow = Readonly<Record<string, unknown>>;

const MISSING_TIMESTAMP = -(2n ** 63n);

/** A value that its column cannot take. */
export class ColumnValueError extends TypeError {
  override readonly name = 'ColumnValueError';
}

/**
 * One tensor per input, in the order of the inputs. Columns that are no inputs are ignored; see unknownColumns.
 *
 * @throws ColumnValueError that names row and column.
 */
export function columnTensors(inputs: readonly ColumnInput[], rows: readonly NamedRow[]): InferTensor[] {
  return inputs.map(input => {
    const values = rows.map((row, index) => convert(input, row[input.name], index));
    return {
      name: input.name,
      datatype: input.datatype as Datatype,
      shape: [rows.length, 1],
      data: toData(input, values),
    };
  });
}

/** Names in the rows that are no inputs, and inputs that no row has. */
export function compareColumns(inputs: readonly ColumnInput[], rows: readonly NamedRow[]) {
  const given = new Set(rows.flatMap(row => Object.keys(row)));
  const known = new Set(inputs.map(({ name }) => name));
  return {
    unknown: [...given].filter(name => !known.has(name)),
    missing: [...known].filter(name => !given.has(name)),
  };
}

type Converted = number | bigint | string;

function convert({ name, datatype, kind }: ColumnInput, value: unknown, row: number): Converted {
  const isMissing = value === undefined || value === null || value === '';
  const refuse = (expected: string): never => {
    const received = isMissing ? 'nothing' : JSON.stringify(value);
    throw new ColumnValueError(`row ${row}, column '${name}': expected ${expected}, got ${received}`);
  };
  if (datatype === 'BYTES') return isMissing ? '' : typeof value === 'object' ? refuse('a text') : String(value);
  if (kind === 'timestamp') return isMissing ? MISSING_TIMESTAMP : toMicroseconds(value, refuse);
  if (datatype === 'FP64' || datatype === 'FP32') {
    return isMissing ? Number.NaN : (toNumber(value) ?? refuse('a number, or nothing if it is missing'));
  }
  if (datatype === 'BOOL') return toBoolean(value) ?? refuse('true or false; this column has no missing values');
  return toWhole(value) ?? refuse('a whole number; this column has no missing values');
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'boolean') return Number(value);
  const number = typeof value === 'string' ? Number(value.trim() || Number.NaN) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function toWhole(value: unknown): bigint | undefined {
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
  return typeof text === 'string' && /^\s*[-+]?\d+(\.0*)?\s*$/.test(text)
    ? BigInt(text.trim().replace(/^\+/, '').replace(/\.0*$/, ''))
    : undefined;
}

function toBoolean(value: unknown): number | undefined {
  const text = String(value).trim().toLowerCase();
  if (text === 'true' || text === '1') return 1;
  return text === 'false' || text === '0' ? 0 : undefined;
}

/** ISO 8601, in UTC unless it has an offset; or microseconds since 1970. */
function toMicroseconds(value: unknown, refuse: (expected: string) => never): bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return BigInt(value);
  const text = String(value).trim();
  const parts = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:\.(\d{1,6}))?)?\s*(Z|[+-]\d\d:?\d\d)?$/i.exec(text);
  const [, date, time = '00:00', seconds = ':00', fraction = '', zone = 'Z'] = parts ?? [];
  const milliseconds = Date.parse(
    `${date}T${time}${seconds}${zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone}`,
  );
  if (parts === null || Number.isNaN(milliseconds))
    return refuse('a time in ISO 8601, for example 2026-11-28T20:00:00Z');
  return BigInt(milliseconds) * 1_000n + BigInt(fraction.padEnd(6, '0'));
}

const WIDE: ReadonlySet<string> = new Set(['INT64', 'UINT64']);

function toData({ name, datatype }: ColumnInput, values: readonly Converted[]): InferTensor['data'] {
  if (datatype === 'BYTES') return values.map(value => Buffer.from(value as string));
  if (WIDE.has(datatype)) {
    const outside = values.find(value => BigInt.asIntN(64, BigInt(value as bigint)) !== value);
    if (outside === undefined) return BigInt64Array.from(values as bigint[]);
    throw new ColumnValueError(`column '${name}': ${outside} does not fit into 64 bits`);
  }
  if (datatype === 'FP32') return Float32Array.from(values as number[]);
  if (datatype === 'BOOL') return Uint8Array.from(values as number[]);
  if (datatype === 'FP64') return Float64Array.from(values as number[]);
  throw new ColumnValueError(`column '${name}' has the datatype ${datatype}; send it as a tensor`);
}
