import { aggregate } from '../database/aggregate.js';
import { type Database, numberOf } from '../database/database.js';

/** What decides about a column of doubles, over all its rows. */
export interface NumberProfile {
  /** Without missing values and NaN. */
  readonly count: number;
  readonly nan: number;
  readonly infinite: number;
  readonly hasFractions: boolean;
  /** Of finite values; undefined if there are none. */
  readonly min: number | undefined;
  readonly max: number | undefined;
}

/** One pass over the columns of the working table. */
export async function profileNumbers(
  database: Database,
  columns: readonly string[],
): Promise<ReadonlyMap<string, NumberProfile>> {
  const toSql = (c: string) => [
    `count(${c}) AS ${c}_count`,
    `min(${c}) AS ${c}_min`,
    `max(${c}) AS ${c}_max`,
    `bool_or(${c} <> trunc(${c})) AS ${c}_fractions`,
  ];
  const row = await aggregate(database, columns, { toSql, from: 't' });
  const profiles = new Map<string, NumberProfile>();
  for (const c of columns) {
    const [min, max] = [row[`${c}_min`] as number | null, row[`${c}_max`] as number | null];
    // NaN is the largest value in SQL.
    const isClean = min === null || (Number.isFinite(min) && Number.isFinite(max));
    profiles.set(
      c,
      isClean
        ? {
            ...{
              count: numberOf(row[`${c}_count`]),
              nan: 0,
              infinite: 0,
              hasFractions: row[`${c}_fractions`] === true,
            },
            ...{ min: min ?? undefined, max: max ?? undefined },
          }
        : await profileFinite(database, c),
    );
  }
  return profiles;
}

async function profileFinite(database: Database, c: string): Promise<NumberProfile> {
  const [row = {}] = await database.query(
    `SELECT count(*) FILTER (isfinite(${c})) AS finite, count(*) FILTER (isnan(${c})) AS nan,
       count(*) FILTER (isinf(${c})) AS infinite, bool_or(${c} <> trunc(${c})) FILTER (isfinite(${c})) AS fractions,
       min(${c}) FILTER (isfinite(${c})) AS low, max(${c}) FILTER (isfinite(${c})) AS high FROM t`,
  );
  return {
    count: numberOf(row.finite),
    nan: numberOf(row.nan),
    infinite: numberOf(row.infinite),
    hasFractions: row.fractions === true,
    min: (row.low as number | null) ?? undefined,
    max: (row.high as number | null) ?? undefined,
  };
}
