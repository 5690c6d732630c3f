/** Statistics of one split over all values of all features. */
export interface SplitStatistics {
  readonly rows: number;
  readonly classRows: readonly number[];
  /** Absent, like the other fields, if there are no values. */
  readonly mean?: number;
  readonly standardDeviation?: number;
  readonly min?: number;
  readonly max?: number;
  readonly zeroFraction?: number;
}

/** Population statistics in float64, in two passes, so that a large mean does not cancel a small deviation. */
export function splitStatistics(
  values: ArrayLike<number>,
  labels: ArrayLike<number>,
  shape: { rows: number; classes: number },
): SplitStatistics {
  const classRows = new Array<number>(shape.classes).fill(0);
  for (let row = 0; row < labels.length; row++)
    classRows[labels[row] as number] = (classRows[labels[row] as number] ?? 0) + 1;
  const { rows } = shape;
  const count = values.length;
  if (count === 0) return { rows, classRows };
  let sum = 0;
  let zeros = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < count; index++) {
    const value = values[index] as number;
    sum += value;
    if (value === 0) zeros++;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const mean = sum / count;
  let squares = 0;
  for (let index = 0; index < count; index++) squares += ((values[index] as number) - mean) ** 2;
  return {
    rows,
    classRows,
    mean,
    standardDeviation: Math.sqrt(squares / count),
    min,
    max,
    zeroFraction: zeros / count,
  };
}
