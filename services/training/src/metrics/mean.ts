import type { Accumulator, Statistic } from './metric.js';

/** A sum over rows, in float64 and in their order, and the number of its terms. */
export class Mean<B> implements Accumulator<B> {
  readonly #sumOf: (batch: B) => { readonly sum: number; readonly terms: number };
  #sum = 0;
  #terms = 0;

  constructor(sumOf: (batch: B) => { readonly sum: number; readonly terms: number }) {
    this.#sumOf = sumOf;
  }

  add(batch: B): void {
    const { sum, terms } = this.#sumOf(batch);
    this.#sum += sum;
    this.#terms += terms;
  }

  merge(other: Mean<B>): void {
    this.#sum += other.#sum;
    this.#terms += other.#terms;
  }

  /** Undefined without terms. */
  value(): number | undefined {
    return this.#terms === 0 ? undefined : this.#sum / this.#terms;
  }
}

/** The mean over all rows of what `sumOf` sums up in a batch. */
export function meanOf<B>(
  sumOf: (batch: B) => { readonly sum: number; readonly terms: number },
): Statistic<B, Mean<B>> {
  return { start: () => new Mean(sumOf) };
}
