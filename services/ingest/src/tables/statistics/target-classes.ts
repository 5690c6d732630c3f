// A target of classes in groups of rows.

import type { TargetByValue } from '../table-plan.js';
import { toLabel } from './label.js';
import type { GroupedRows } from './value-groups.js';

export interface TargetClasses {
  /** The most frequent, in the order of their values. */
  readonly names: readonly string[];
  /** Number of the others. */
  readonly others: number;
  /** Index into `names` of each row; names.length for the others, MISSING without a class. */
  readonly classOf: Uint8Array;
}

const MAX_CLASSES = 10;
const MISSING = 255;

/** Values of classes; NaN is a missing one. */
export function toTargetClasses(values: Float64Array, nameOf: (value: number) => string): TargetClasses {
  const rows = new Map<number, number>();
  for (const value of values) if (!Number.isNaN(value)) rows.set(value, (rows.get(value) ?? 0) + 1);
  const ranked = [...rows.keys()].sort((a, b) => rows.get(b)! - rows.get(a)! || a - b);
  const shown = ranked.slice(0, MAX_CLASSES).sort((a, b) => a - b);
  const places = new Map(shown.map((value, place) => [value, place]));
  const classOf = new Uint8Array(values.length);
  for (const [row, value] of values.entries())
    classOf[row] = Number.isNaN(value) ? MISSING : (places.get(value) ?? shown.length);
  return {
    names: shown.map(value => toLabel(nameOf(value))),
    others: ranked.length - shown.length,
    classOf,
  };
}

export function classesByGroup(
  { names, others, classOf }: TargetClasses,
  { groups, groupOf }: GroupedRows,
): Omit<TargetByValue, 'target'> {
  const width = names.length + (others > 0 ? 1 : 0);
  const counts = groups.map(() => new Array<number>(width).fill(0));
  for (let row = 0; row < groupOf.length; row++) {
    const place = classOf[row]!;
    if (place !== MISSING) counts[groupOf[row]!]![place]!++;
  }
  const dependence = theilsU(counts);
  return {
    ...(dependence !== undefined && { dependence }),
    ...{ classes: names, otherClasses: others, groups: counts.map(classRows => ({ classRows })) },
  };
}

/**
 * Share of the entropy of the columns of `counts` that is explained by its rows: the mutual information of both over that
 * entropy, Theil's uncertainty coefficient. Undefined if the entropy is 0.
 */
function theilsU(counts: readonly (readonly number[])[]): number | undefined {
  const sums = counts[0]!.map((_, place) => sum(counts.map(row => row[place]!)));
  const total = sum(sums);
  const entropy = entropyOf(sums);
  if (!(entropy > 0)) return undefined;
  const within = sum(counts.map(row => (sum(row) / total) * entropyOf(row)));
  return Math.min(1, Math.max(0, 1 - within / entropy));
}

function entropyOf(counts: readonly number[]): number {
  const total = sum(counts);
  return sum(counts.map(count => (count === 0 ? 0 : (-count / total) * Math.log(count / total))));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((result, each) => result + each, 0);
}
