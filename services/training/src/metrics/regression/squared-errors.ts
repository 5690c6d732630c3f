import type { Accumulator, Statistic } from '../metric.js';
import type { NumberBatch } from './number-batch.js';

interface Totals {
  rows: number;
  /** Σ (prediction - truth)² */
  squaredError: number;
  mean: number;
  /** Σ (truth - mean)² */
  deviation: number;
}

/** Squared errors, and squared deviations of the truth from its mean, by target. */
export class SquaredErrors implements Accumulator<NumberBatch> {
  readonly targets: readonly Readonly<Totals>[];
  readonly #totals: Totals[];

  constructor(targets: number) {
    this.#totals = Array.from({ length: targets }, () => ({ rows: 0, squaredError: 0, mean: 0, deviation: 0 }));
    this.targets = this.#totals;
  }

  add({ rows, targets, predictions, truth }: NumberBatch): void {
    for (const [target, totals] of this.#totals.entries())
      for (let row = 0; row < rows; row++) {
        const value = truth[row * targets + target]!;
        totals.squaredError += (predictions[row * targets + target]! - value) ** 2;
        combine(totals, { rows: 1, squaredError: 0, mean: value, deviation: 0 });
      }
  }

  merge(other: SquaredErrors): void {
    for (const [target, totals] of this.#totals.entries()) combine(totals, other.targets[target]!);
  }
}

/** Chan, Golub and LeVeque 1979: sums of squares of two parts; with a part of one row, Welford's algorithm. */
function combine(totals: Totals, other: Readonly<Totals>): void {
  const rows = totals.rows + other.rows;
  if (rows === 0) return;
  const difference = other.mean - totals.mean;
  totals.mean += difference * (other.rows / rows);
  totals.deviation += other.deviation + difference * difference * totals.rows * (other.rows / rows);
  totals.squaredError += other.squaredError;
  totals.rows = rows;
}

export const squaredErrors: Statistic<NumberBatch, SquaredErrors> = { start: targets => new SquaredErrors(targets) };

/** The mean over the targets; undefined if one of them is. */
export function meanOverTargets(
  { targets }: SquaredErrors,
  figure: (target: Readonly<Totals>) => number | undefined,
): number | undefined {
  let sum = 0;
  for (const target of targets) sum += figure(target) ?? Number.NaN;
  return sum / targets.length;
}
