import type { NumberValues } from '@athanor/data';
import { hasIndicator, type Imputation } from './imputation.js';
import { Moments } from './moments.js';
import { modeOf, quantileOf, ValueBuffer, withRepeated } from './sorted-values.js';

/** One column of the training split after imputation. */
export interface NumberSummary {
  /** Replaces a missing value. */
  readonly fill: number;
  readonly indicator: boolean;
  readonly moments: Moments;
  /** 0 without values. */
  readonly min: number;
  readonly max: number;
  /** Empty unless the values were kept. */
  readonly sorted: Float64Array;
}

/** Reads one column, row by row. NaN and the infinities are missing: no statistic could include them. */
export class NumberReader {
  readonly #imputation: Imputation;
  readonly #moments = new Moments();
  readonly #kept: ValueBuffer | undefined;
  #missing = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  /** `keepValues`: for quantiles; a median or mode keeps them too. */
  constructor(imputation: Imputation, keepValues: boolean) {
    this.#imputation = imputation;
    const { strategy } = imputation;
    if (keepValues || strategy === 'median' || strategy === 'mode') this.#kept = new ValueBuffer();
  }

  read({ data }: NumberValues): void {
    for (let row = 0; row < data.length; row++) {
      // -0 becomes 0: JSON has no negative zero.
      const value = Number(data[row]) + 0;
      if (!Number.isFinite(value)) {
        this.#missing++;
        continue;
      }
      this.#moments.add(value);
      this.#kept?.push(value);
      if (value < this.#min) this.#min = value;
      if (value > this.#max) this.#max = value;
    }
  }

  end(): NumberSummary {
    const sorted = this.#kept?.sorted() ?? new Float64Array();
    const fill = this.#fill(sorted);
    if (this.#missing > 0) {
      this.#moments.add(fill, 0, this.#missing);
      this.#min = Math.min(this.#min, fill);
      this.#max = Math.max(this.#max, fill);
    }
    const isEmpty = this.#min > this.#max;
    return {
      fill,
      indicator: hasIndicator(this.#imputation.indicator, this.#missing),
      moments: this.#moments,
      min: isEmpty ? 0 : this.#min,
      max: isEmpty ? 0 : this.#max,
      sorted: this.#kept ? withRepeated(sorted, fill, this.#missing) : sorted,
    };
  }

  #fill(sorted: Float64Array): number {
    const { strategy, fill } = this.#imputation;
    if (strategy === 'constant' || this.#min > this.#max) return fill;
    if (strategy === 'mean') return this.#moments.mean();
    return strategy === 'median' ? quantileOf(sorted, 0.5) : modeOf(sorted);
  }
}
