// A target that is a number in groups of rows.

import type { TargetByValue, TargetInGroup } from '../table-plan.js';
import { quantileOf } from './quantile.js';
import type { GroupedRows } from './value-groups.js';

export interface TargetNumber {
  readonly values: Float64Array;
  /** Rows that have a value, by ascending value. */
  readonly order: Int32Array;
}

/** NaN is a missing value. */
export function toTargetNumber(values: Float64Array): TargetNumber {
  const order = Int32Array.from(values.keys()).filter(row => !Number.isNaN(values[row]!));
  return { values, order: order.sort((a, b) => values[a]! - values[b]!) };
}

export function numberByGroup(
  { values, order }: TargetNumber,
  { groups, groupOf }: GroupedRows,
): Omit<TargetByValue, 'target'> {
  const sorted = groups.map(({ rows }) => new Float64Array(rows));
  const counts = new Int32Array(groups.length);
  for (const row of order) {
    const group = groupOf[row]!;
    sorted[group]![counts[group]!++] = values[row]!;
  }
  const known = sorted.map((each, group) => each.subarray(0, counts[group]!));
  const dependence = etaSquared(known);
  return {
    ...(dependence !== undefined && { dependence }),
    ...{ classes: [], otherClasses: 0, groups: known.map(toFigures) },
  };
}

function toFigures(sorted: Float64Array): TargetInGroup {
  if (sorted.length === 0) return {};
  const [q25, median, q75] = [0.25, 0.5, 0.75].map(p => quantileOf(sorted, p)) as [number, number, number];
  return { number: { mean: meanOf(sorted), q25, median, q75 } };
}

/** Share of the variance that is between the groups; undefined if there is no variance. */
function etaSquared(groups: readonly Float64Array[]): number | undefined {
  const present = groups.filter(({ length }) => length > 0);
  const means = present.map(meanOf);
  const rows = present.reduce((sum, { length }) => sum + length, 0);
  const mean = present.reduce((sum, { length }, group) => sum + (means[group]! * length) / rows, 0);
  const between = present.reduce((sum, { length }, group) => sum + length * (means[group]! - mean) ** 2, 0);
  const within = present.reduce((sum, group, index) => sum + squaresAround(group, means[index]!), 0);
  const share = between / (between + within);
  return Number.isFinite(share) ? share : undefined;
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value / values.length;
  return sum;
}

function squaresAround(values: Float64Array, mean: number): number {
  let sum = 0;
  for (const value of values) sum += (value - mean) ** 2;
  return sum;
}
