// What the values of a text column are, counted over all rows in SQL: the same rules as value-kind.ts, where they matter.

import { type Database, numberOf } from '../database/database.js';
import { isUntrimmed, literal, literals } from '../database/sql.js';
import type { TableReading } from '../table-plan.js';
import { MISSING_TOKENS } from './value-kind.js';

export interface TextProfile {
  /** Not empty. */
  readonly values: number;
  /** Of these, tokens such as NA. */
  readonly tokens: number;
  readonly numbers: number;
  /** Numbers written without decimals and exponent. */
  readonly wholes: number;
  /** Of these, those that fit 64 bits. */
  readonly integers: number;
  readonly maxMagnitude: number;
  /** "007". */
  readonly leadingZeros: number;
  readonly booleans: number;
  readonly timestamps: number;
  /** Not numbers, but written as people write them: "1,037", "5 %". */
  readonly lookAlikes: number;
}

/** What the cheap first look at a text column says. */
export interface TextOutline {
  readonly values: number;
  readonly untrimmed: number;
  /** Values that begin like a number, a date or a boolean. */
  readonly suspects: number;
  readonly characters: number;
}

/** `relation`: values `v` with the number `n` of their rows. */
export async function outlineText(database: Database, relation: string): Promise<TextOutline> {
  const [row = {}] = await database.query(
    `SELECT sum(n) AS values, sum(n) FILTER (${isUntrimmed('v')}) AS untrimmed, sum(n * length(v)) AS characters,
       sum(n) FILTER ((v >= '$' AND v < ':') OR v IN (${literals(BOOLEANS)})) AS suspects FROM ${relation}`,
  );
  const get = (key: string) => numberOf(row[key] ?? 0);
  return {
    values: get('values'),
    untrimmed: get('untrimmed'),
    suspects: get('suspects'),
    characters: get('characters'),
  };
}

const BOOLEANS = ['true', 'false', 'True', 'False', 'TRUE', 'FALSE'];
const TOKENS = literals(MISSING_TOKENS.filter(token => token !== ''));
const WRITTEN_NUMBER = "^[+-]?[$€£¥]?\\s*\\d{1,3}([ ,.''\u00a0\u202f]\\d{3})*([.,]\\d+)?\\s*[%$€£¥]?$";

export function isToken(sql: string): string {
  return `upper(${sql}) IN (${TOKENS})`;
}

/** The text of a number in SQL's notation. */
function cleaned(sql: string, { thousands, decimal }: Pick<TableReading, 'thousands' | 'decimal'>): string {
  const joined = thousands === undefined ? sql : `replace(${sql}, ${literal(thousands)}, '')`;
  return decimal === '.' ? joined : `replace(${joined}, ',', '.')`;
}

/** SQL of the value as a finite double; NULL for what is none. SQL itself would also take 1_000. */
export function asDouble(sql: string, reading: Pick<TableReading, 'thousands' | 'decimal'>): string {
  const value = `try_cast(${cleaned(sql, reading)} AS DOUBLE)`;
  return `CASE WHEN NOT contains(${sql}, '_') AND isfinite(${value}) THEN ${value} END`;
}

/** SQL of a whole number with up to 64 bits; NULL for what is none. 5.0 is one. */
export function asInteger(sql: string, reading: Pick<TableReading, 'thousands' | 'decimal'>): string {
  const double = asDouble(sql, reading);
  const exact = `CASE WHEN ${double} = trunc(${double}) AND abs(${double}) < 9007199254740992 THEN CAST(${double} AS BIGINT) END`;
  return `CASE WHEN ${isWhole(sql, reading)} THEN try_cast(${cleaned(sql, reading)} AS BIGINT) ELSE ${exact} END`;
}

function isWhole(sql: string, reading: Pick<TableReading, 'thousands' | 'decimal'>): string {
  return `regexp_full_match(${cleaned(sql, reading)}, '[+-]?\\d+')`;
}

export function asBoolean(sql: string): string {
  return `CASE lower(${sql}) WHEN 'true' THEN true WHEN 'false' THEN false END`;
}

/** For a column that the user says is boolean. */
export function asChosenBoolean(sql: string): string {
  const values = (names: readonly string[], result: boolean) => names.map(name => `WHEN '${name}' THEN ${result}`);
  const cases = [
    ...values(['true', 't', 'yes', 'y', '1', '1.0'], true),
    ...values(['false', 'f', 'no', 'n', '0', '0.0'], false),
  ];
  return `CASE lower(${sql}) ${cases.join(' ')} END`;
}

/** In UTC, with an offset taken into account. SQL itself would also take words such as 'epoch'. */
export function asTimestamp(sql: string): string {
  const value = `try_cast(${sql} AS TIMESTAMPTZ)`;
  return `CASE WHEN ${sql} < ':' AND isfinite(${value}) THEN CAST(${value} AS TIMESTAMP) END`;
}

/** For a column that the user says has dates: also those written as whole numbers, 20240131. */
export function asChosenTimestamp(sql: string): string {
  return `coalesce(${asTimestamp(sql)}, try_strptime(${sql}, '%Y%m%d'))`;
}

/** `relation`: values `v` with the number `n` of their rows. */
export async function profileText(
  database: Database,
  relation: string,
  reading: Pick<TableReading, 'thousands' | 'decimal'>,
): Promise<TextProfile> {
  const [row = {}] = await database.query(
    `SELECT sum(n) AS values,
       sum(n) FILTER (token) AS tokens,
       sum(n) FILTER (d IS NOT NULL AND NOT token) AS numbers,
       sum(n) FILTER (d IS NOT NULL AND whole) AS wholes,
       sum(n) FILTER (whole AND i IS NOT NULL) AS integers,
       max(abs(d)) AS magnitude,
       sum(n) FILTER (v >= '00' AND v < '0:') AS zeros,
       sum(n) FILTER (${asBoolean('v')} IS NOT NULL) AS booleans,
       sum(n) FILTER (d IS NULL AND ${asTimestamp('v')} IS NOT NULL) AS timestamps,
       sum(n) FILTER (d IS NULL AND NOT token AND regexp_full_match(v, '${WRITTEN_NUMBER}')) AS alikes
     FROM (SELECT v, n, ${isToken('v')} AS token, ${asDouble('v', reading)} AS d,
       ${isWhole('v', reading)} AS whole, try_cast(${cleaned('v', reading)} AS BIGINT) AS i FROM ${relation})`,
  );
  const get = (key: string) => numberOf(row[key] ?? 0);
  return {
    values: get('values'),
    tokens: get('tokens'),
    numbers: get('numbers'),
    wholes: get('wholes'),
    integers: get('integers'),
    maxMagnitude: (row.magnitude as number | null) ?? 0,
    leadingZeros: get('zeros'),
    booleans: get('booleans'),
    timestamps: get('timestamps'),
    lookAlikes: get('alikes'),
  };
}
