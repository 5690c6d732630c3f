import { type Accumulator, error, type Statistic } from '../metric.js';
import { Median } from './median.js';
import type { NumberBatch } from './number-batch.js';

/** 32 MiB of errors over all targets. */
const EXACT_ERRORS = 2 ** 22;

class AbsoluteErrors implements Accumulator<NumberBatch> {
  readonly medians: readonly Median[];

  constructor(targets: number) {
    const exact = Math.floor(EXACT_ERRORS / targets);
    this.medians = Array.from({ length: targets }, () => new Median(exact));
  }

  add({ rows, targets, predictions, truth }: NumberBatch): void {
    for (const [target, median] of this.medians.entries())
      for (let row = 0; row < rows; row++)
        median.add(Math.abs(predictions[row * targets + target]! - truth[row * targets + target]!));
  }

  merge(other: AbsoluteErrors): void {
    for (const [target, median] of this.medians.entries()) median.merge(other.medians[target]!);
  }
}

const absoluteErrors: Statistic<NumberBatch, AbsoluteErrors> = { start: targets => new AbsoluteErrors(targets) };

/** Of several targets the mean of each one's. */
export const medianAbsoluteError = error('median_absolute_error', absoluteErrors, ({ medians }) => {
  let sum = 0;
  for (const median of medians) sum += median.value() ?? Number.NaN;
  return sum / medians.length;
});
