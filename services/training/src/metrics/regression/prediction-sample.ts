import type { PredictionSample } from '../details.js';
import { type Accumulator, measure, type Statistic } from '../metric.js';
import type { NumberBatch } from './number-batch.js';

const MAX_ROWS = 1_000;

interface SampledRow {
  readonly order: number;
  readonly truth: readonly number[];
  readonly predictions: readonly number[];
}

/** The rows whose positions have the smallest hashes: the same ones for the same rows, however they are batched. */
class SampledRows implements Accumulator<NumberBatch> {
  readonly #targets: number;
  #rows: SampledRow[] = [];
  #seen = 0;
  #limit = Number.POSITIVE_INFINITY;

  constructor(targets: number) {
    this.#targets = targets;
  }

  add({ rows, targets, predictions, truth }: NumberBatch): void {
    for (let row = 0; row < rows; row++) {
      const order = hash(this.#seen++);
      if (order >= this.#limit) continue;
      const [begin, end] = [row * targets, (row + 1) * targets];
      this.#rows.push({
        order,
        truth: Array.prototype.slice.call(truth, begin, end),
        predictions: Array.prototype.slice.call(predictions, begin, end),
      });
      if (this.#rows.length === 2 * MAX_ROWS) this.#cut();
    }
  }

  merge(other: SampledRows): void {
    this.#rows.push(...other.#rows);
    this.#seen += other.#seen;
    this.#cut();
  }

  end(): PredictionSample[] {
    this.#cut();
    return Array.from({ length: this.#targets }, (_, target) => ({
      truth: this.#rows.map(({ truth }) => truth[target]!),
      predictions: this.#rows.map(({ predictions }) => predictions[target]!),
    }));
  }

  #cut(): void {
    this.#rows = this.#rows.sort((a, b) => a.order - b.order).slice(0, MAX_ROWS);
    if (this.#rows.length === MAX_ROWS) this.#limit = this.#rows[MAX_ROWS - 1]!.order;
  }
}

/** A bijection of 32-bit integers (the finalizer of MurmurHash3, Appleby 2011). */
function hash(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

const statistic: Statistic<NumberBatch, SampledRows> = { start: targets => new SampledRows(targets) };

/** At most 1,000 rows. */
export const predictionSample = measure(statistic, sampled => sampled.end());
