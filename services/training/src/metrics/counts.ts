// Precision, recall and F1 are fractions of three counts per class or label: with scikit-learn's zero_division=0, a
// class without any such rows counts as 0 in an average. A fraction that is an average itself is absent instead.

import { type Accumulator, type Metric, ratio, type Statistic, score } from './metric.js';

/** By class or label. */
export interface Counts {
  /** Rows that are predicted and true. */
  readonly hits: Float64Array;
  readonly predicted: Float64Array;
  /** Rows that are true. */
  readonly support: Float64Array;
}

export interface CountsOfOne {
  readonly hits: number;
  readonly predicted: number;
  readonly support: number;
}

/** Numerator and denominator. */
export type Fraction = (counts: CountsOfOne) => readonly [number, number];

export const startCounts = (width: number): Counts => ({
  hits: new Float64Array(width),
  predicted: new Float64Array(width),
  support: new Float64Array(width),
});

export function mergeCounts(counts: Counts, other: Counts): void {
  for (const field of ['hits', 'predicted', 'support'] as const)
    other[field].forEach((count, index) => {
      counts[field][index]! += count;
    });
}

export function countsOf({ hits, predicted, support }: Counts, index: number): CountsOfOne {
  return { hits: hits[index]!, predicted: predicted[index]!, support: support[index]! };
}

/** By class or label; 0 where it is undefined. */
export function fractions(counts: Counts, fraction: Fraction): number[] {
  return Array.from(counts.hits, (_, index) => ratio(...fraction(countsOf(counts, index))) ?? 0);
}

/**
 * `<name>_micro` of all counts together, `<name>_macro` the mean, `<name>_weighted` the mean weighted by support: absent
 * if the fraction is undefined for every class.
 */
export function averages<B, A extends Accumulator<B> & { readonly counts: Counts }>(
  name: string,
  statistic: Statistic<B, A>,
  fraction: Fraction,
): Metric<B>[] {
  const average = (kind: string, weightOf: (counts: CountsOfOne) => number) =>
    score(`${name}_${kind}`, statistic, ({ counts }) => {
      if (overall(counts, fraction) === undefined) return undefined;
      let [total, weights] = [0, 0];
      for (const [index, value] of fractions(counts, fraction).entries()) {
        const weight = weightOf(countsOf(counts, index));
        total += weight * value;
        weights += weight;
      }
      return ratio(total, weights);
    });
  return [
    score(`${name}_micro`, statistic, ({ counts }) => overall(counts, fraction)),
    average('macro', () => 1),
    average('weighted', ({ support }) => support),
  ];
}

function overall({ hits, predicted, support }: Counts, fraction: Fraction): number | undefined {
  return ratio(...fraction({ hits: sum(hits), predicted: sum(predicted), support: sum(support) }));
}

export const PRECISION: Fraction = ({ hits, predicted }) => [hits, predicted];
export const RECALL: Fraction = ({ hits, support }) => [hits, support];
export const F1: Fraction = ({ hits, predicted, support }) => [2 * hits, predicted + support];

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
