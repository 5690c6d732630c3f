/* Conversion of column text to JavaScript, equal on both engines. Keyed by the type's oid (pg_type.dat). */
import { type RawBuilder, sql } from 'kysely';

export type ValueParser = (text: string) => unknown;

export const VALUE_PARSERS: Readonly<Record<number, ValueParser>> = {
  17: text => Buffer.from(text.slice(2), 'hex'), // bytea, written \x…
  20: parseSafeInteger, // int8, also count(*)
  1082: text => text, // date: a day has no time zone, so it stays '2026-11-23'
};

/** @throws RangeError rather than rounding. */
export function parseSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`int8 value ${text} is outside ±(2^53 − 1); select it as text`);
  }
  return value;
}

/**
 * A jsonb parameter. (Bound directly, an array would become a PostgreSQL array on one engine and JSON on the other.)
 */
export function jsonb<T>(value: T): RawBuilder<T> {
  return sql<T>`cast(${JSON.stringify(value)} as jsonb)`;
}
