import type { ColumnStatistics } from '../tables/table-plan.js';

const TOP_VALUES = 20;

/** Statistics of a column of categories without missing values, from the rows of each. */
export function categoryStatistics(column: string, rowsOf: ReadonlyMap<string, number>): ColumnStatistics {
  const rows = [...rowsOf].sort(([, a], [, b]) => b - a);
  const count = rows.reduce((sum, [, each]) => sum + each, 0);
  const lengths = rows.map(([value]) => [...value].length);
  const characters = rows.reduce((sum, [, each], index) => sum + each * lengths[index]!, 0);
  return {
    column,
    count,
    missing: 0,
    unique: { count: rows.length, exact: true },
    topValues: rows.slice(0, TOP_VALUES).map(([value, each]) => ({ value, rows: each })),
    ...(count > 0 && {
      text: { minLength: Math.min(...lengths), maxLength: Math.max(...lengths), meanLength: characters / count },
    }),
  };
}

const BUCKETS = 16;

/** Statistics over all values of a column of bytes, such as pixels: exact, from the number of rows of each value. */
export function byteStatistics(column: string, rows: number, frequencies: Float64Array): ColumnStatistics {
  const total = frequencies.reduce((sum, each) => sum + each, 0);
  if (total === 0) return { column, count: rows, missing: 0 };
  const moments = (power: number, around = 0) =>
    frequencies.reduce((sum, each, value) => sum + each * (value - around) ** power, 0) / total;
  const mean = moments(1);
  return {
    column,
    count: rows,
    missing: 0,
    number: {
      min: frequencies.findIndex(each => each > 0),
      max: frequencies.findLastIndex(each => each > 0),
      mean,
      stdDev: Math.sqrt(moments(2, mean)),
      zeros: frequencies[0] ?? 0,
      quantiles: { exact: true, values: [0.25, 0.5, 0.75].map(p => ({ p, value: quantile(frequencies, p * total) })) },
      histogram: Array.from({ length: BUCKETS }, (_, bucket) => {
        const [low, high] = [(bucket * 256) / BUCKETS, ((bucket + 1) * 256) / BUCKETS];
        return { low, high, rows: frequencies.subarray(low, high).reduce((sum, each) => sum + each, 0) };
      }),
    },
  };
}

/** The smallest value with at least `rank` values up to it. */
function quantile(frequencies: Float64Array, rank: number): number {
  let seen = 0;
  return frequencies.findIndex(each => {
    seen += each;
    return seen >= rank;
  });
}

/** Adds the bytes to the frequencies. */
export function countBytes(bytes: Uint8Array, frequencies: Float64Array): void {
  for (const value of bytes) frequencies[value]!++;
}
