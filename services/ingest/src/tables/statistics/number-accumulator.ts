// Statistics of one column of numbers in one pass over its rows in order, so that they are the same on any number of
// threads. Range and count are known before: they place the histogram and the sample.

import type { NumberStatistics } from '../table-plan.js';
import { DistinctCounter } from './distinct-counter.js';
import { quantileOf } from './quantile.js';

const BUCKETS = 20;
const MAX_SAMPLE = 100_000;
const QUANTILES = [0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9];

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  /** Values, at least. */
  readonly count: number;
}

export class NumberAccumulator {
  readonly #range: NumberRange;
  readonly #buckets = new Float64Array(BUCKETS);
  readonly #distinct = new DistinctCounter();
  readonly #stride: number;
  readonly #sample: Float64Array;
  #sampled = 0;
  #count = 0;
  #zeros = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  /** Of deviations from the middle of the range, so that a large mean does not cancel a small deviation. */
  #sum = 0;
  #squares = 0;

  constructor(range: NumberRange) {
    this.#range = range;
    this.#stride = Math.max(1, Math.ceil(range.count / MAX_SAMPLE));
    this.#sample = new Float64Array(Math.ceil(range.count / this.#stride));
  }

  get count(): number {
    return this.#count;
  }

  get unique(): { readonly count: number; readonly exact: boolean } {
    return this.#distinct.count;
  }

  /** NaN is a missing value. */
  add(data: Float64Array): void {
    const { min: low, max: high } = this.#range;
    const middle = low / 2 + high / 2;
    const scale = high > low ? BUCKETS / (high - low) : 0;
    // Fields of objects would be boxed at each change.
    let [count, zeros, sampled] = [this.#count, this.#zeros, this.#sampled];
    let [min, max, sum, squares] = [this.#min, this.#max, this.#sum, this.#squares];
    const stride = this.#stride;
    const sample = this.#sample;
    const buckets = this.#buckets;
    for (let row = 0; row < data.length; row++) {
      const value = data[row]! + 0;
      if (Number.isNaN(value)) continue;
      if (count % stride === 0) sample[sampled++] = value;
      count++;
      if (value === 0) zeros++;
      if (value < min) min = value;
      if (value > max) max = value;
      const deviation = value - middle;
      sum += deviation;
      squares += deviation * deviation;
      const bucket = ((value - low) * scale) | 0;
      buckets[bucket < BUCKETS ? bucket : BUCKETS - 1]!++;
    }
    this.#distinct.add(data);
    [this.#count, this.#zeros, this.#sampled] = [count, zeros, sampled];
    [this.#min, this.#max, this.#sum, this.#squares] = [min, max, sum, squares];
  }

  /** Undefined if there was no value. */
  end(): NumberStatistics | undefined {
    if (this.#count === 0) return undefined;
    const { min, max } = this.#range;
    const middle = min / 2 + max / 2;
    const meanDeviation = this.#sum / this.#count;
    const variance = Math.max(0, this.#squares / this.#count - meanDeviation ** 2);
    return {
      min: this.#min,
      max: this.#max,
      mean: middle + meanDeviation,
      stdDev: Math.sqrt(variance),
      zeros: this.#zeros,
      quantiles: { exact: this.#stride === 1, values: this.#quantiles() },
      histogram: this.#histogram(),
    };
  }

  #quantiles(): { p: number; value: number }[] {
    const sorted = this.#sample.slice(0, this.#sampled).sort();
    return QUANTILES.map(p => ({ p, value: quantileOf(sorted, p) }));
  }

  #histogram(): { low: number; high: number; rows: number }[] {
    const { min, max } = this.#range;
    if (min === max) return [{ low: min, high: max, rows: this.#count }];
    const edge = (index: number) => (index === BUCKETS ? max : min + ((max - min) / BUCKETS) * index);
    return Array.from(this.#buckets, (rows, index) => ({ low: edge(index), high: edge(index + 1), rows }));
  }
}
