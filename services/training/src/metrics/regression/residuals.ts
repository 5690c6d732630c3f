import type { ResidualHistogram } from '../details.js';
import { type Accumulator, measure, type Statistic } from '../metric.js';
import type { NumberBatch } from './number-batch.js';

const MAX_BINS = 64;
/** Width of the narrowest bins: 2 to the power of this. */
const MIN_EXPONENT = -1_000;

/** A histogram of at most 64 bins, whose width is the least power of two for that: it depends on the values only. */
export class Histogram {
  #exponent = MIN_EXPONENT;
  #counts = new Map<number, number>();
  #lowest = Number.POSITIVE_INFINITY;
  #highest = Number.NEGATIVE_INFINITY;

  /** Values that are not finite have no bin. */
  add(value: number): void {
    if (!Number.isFinite(value)) return;
    this.#lowest = Math.min(this.#lowest, value);
    this.#highest = Math.max(this.#highest, value);
    this.#widen(this.#exponent);
    this.#count(Math.floor(value / this.#width), 1);
  }

  merge(other: Histogram): void {
    this.#lowest = Math.min(this.#lowest, other.#lowest);
    this.#highest = Math.max(this.#highest, other.#highest);
    this.#widen(other.#exponent);
    const factor = this.#width / other.#width;
    for (const [bin, count] of other.#counts) this.#count(Math.floor(bin / factor), count);
  }

  end(): ResidualHistogram | undefined {
    if (this.#counts.size === 0) return undefined;
    const [first, last] = [Math.floor(this.#lowest / this.#width), Math.floor(this.#highest / this.#width)];
    const counts = Array.from({ length: last - first + 1 }, (_, index) => this.#counts.get(first + index) ?? 0);
    return { from: first * this.#width, width: this.#width, counts };
  }

  get #width(): number {
    return 2 ** this.#exponent;
  }

  #widen(minimum: number): void {
    const before = this.#exponent;
    const bins = () => Math.floor(this.#highest / this.#width) - Math.floor(this.#lowest / this.#width) + 1;
    this.#exponent = Math.max(before, minimum);
    // Not `bins() > MAX_BINS`: infinite differences have no number of bins.
    while (!(bins() <= MAX_BINS)) this.#exponent++;
    if (this.#exponent === before || this.#counts.size === 0) return;
    const counts = this.#counts;
    this.#counts = new Map();
    for (const [bin, count] of counts) this.#count(Math.floor(bin / 2 ** (this.#exponent - before)), count);
  }

  #count(bin: number, count: number): void {
    this.#counts.set(bin, (this.#counts.get(bin) ?? 0) + count);
  }
}

class Residuals implements Accumulator<NumberBatch> {
  readonly histograms: readonly Histogram[];

  constructor(targets: number) {
    this.histograms = Array.from({ length: targets }, () => new Histogram());
  }

  add({ rows, targets, predictions, truth }: NumberBatch): void {
    for (const [target, histogram] of this.histograms.entries())
      for (let row = 0; row < rows; row++)
        histogram.add(predictions[row * targets + target]! - truth[row * targets + target]!);
  }

  merge(other: Residuals): void {
    for (const [target, histogram] of this.histograms.entries()) histogram.merge(other.histograms[target]!);
  }
}

const statistic: Statistic<NumberBatch, Residuals> = { start: targets => new Residuals(targets) };

export const residuals = measure(statistic, ({ histograms }) => histograms.flatMap(each => each.end() ?? []));
