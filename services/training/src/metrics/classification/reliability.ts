import type { ReliabilityBin } from '../details.js';
import type { Accumulator, Statistic } from '../metric.js';
import type { ClassBatch } from './class-batch.js';

/** Of equal width. */
const BINS = 15;

/** What is compared in a row: a predicted probability, and whether what it is of is true. */
export type Claim = (batch: ClassBatch, row: number) => readonly [probability: number, isTrue: boolean];

/** Rows by predicted probability. */
export class Reliability implements Accumulator<ClassBatch> {
  readonly #claim: Claim;
  readonly #rows = new Float64Array(BINS);
  readonly #predicted = new Float64Array(BINS);
  readonly #observed = new Float64Array(BINS);

  constructor(claim: Claim) {
    this.#claim = claim;
  }

  add(batch: ClassBatch): void {
    for (let row = 0; row < batch.rows; row++) {
      const [probability, isTrue] = this.#claim(batch, row);
      // Bin i is (i/15, (i+1)/15], and 0 is in the first.
      const bin = Math.min(BINS - 1, Math.max(0, Math.ceil(probability * BINS) - 1));
      this.#rows[bin]!++;
      this.#predicted[bin]! += probability;
      if (isTrue) this.#observed[bin]!++;
    }
  }

  merge(other: Reliability): void {
    for (let bin = 0; bin < BINS; bin++) {
      this.#rows[bin]! += other.#rows[bin]!;
      this.#predicted[bin]! += other.#predicted[bin]!;
      this.#observed[bin]! += other.#observed[bin]!;
    }
  }

  /** Those that are not empty. */
  bins(): ReliabilityBin[] {
    return Array.from(this.#rows, (rows, bin) => ({
      ...{ lower: bin / BINS, upper: (bin + 1) / BINS, rows },
      predicted: this.#predicted[bin]! / rows,
      observed: this.#observed[bin]! / rows,
    })).filter(({ rows }) => rows > 0);
  }
}

/** Of the second of two classes. */
export const binaryReliability: Statistic<ClassBatch, Reliability> = {
  start: () => new Reliability(({ scores, truth }, row) => [scores[row * 2 + 1]!, truth[row] === 1]),
};

/** Of the predicted class. */
export const topReliability: Statistic<ClassBatch, Reliability> = {
  start: () =>
    new Reliability(({ scores, truth, predicted, classes }, row) => {
      const label = predicted[row]!;
      return [scores[row * classes + label]!, truth[row] === label];
    }),
};
