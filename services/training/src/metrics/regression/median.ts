/** Bits of the fraction of an FP64 number that tell bins apart; its upper half has 20. */
const BITS_KEPT = 12;
const float = new Float64Array(1);
const halves = new Uint32Array(float.buffer);

/**
 * The median of numbers that are not negative. Up to `exactCount` all are kept, and the result is exact; above, they are
 * counted in bins that are at most 2^-12 of their numbers wide, so the relative error is within that.
 */
export class Median {
  readonly #exactCount: number;
  #exact: Float64Array<ArrayBuffer> | undefined = new Float64Array(16);
  /** Count by the upper bits of a number's pattern: as many as there are magnitudes, at most 2,048 · 2^12. */
  readonly #bins = new Map<number, number>();
  #count = 0;

  constructor(exactCount: number) {
    this.#exactCount = exactCount;
  }

  add(value: number): void {
    if (this.#exact !== undefined && this.#count === this.#exactCount) this.#toBins(this.#exact);
    if (this.#exact === undefined) this.#addToBin(binOf(value), 1);
    else {
      if (this.#count === this.#exact.length) {
        const grown = new Float64Array(Math.min(2 * this.#count, this.#exactCount));
        grown.set(this.#exact);
        this.#exact = grown;
      }
      this.#exact[this.#count] = value;
    }
    this.#count++;
  }

  merge(other: Median): void {
    if (other.#exact !== undefined) {
      for (const value of other.#exact.subarray(0, other.#count)) this.add(value);
      return;
    }
    if (this.#exact !== undefined) this.#toBins(this.#exact.subarray(0, this.#count));
    for (const [bin, count] of other.#bins) this.#addToBin(bin, count);
    this.#count += other.#count;
  }

  /** Undefined without numbers. */
  value(): number | undefined {
    if (this.#count === 0) return undefined;
    const [lower, upper] = [(this.#count - 1) >> 1, this.#count >> 1];
    if (this.#exact === undefined) return (this.#binAt(lower) + this.#binAt(upper)) / 2;
    const sorted = this.#exact.slice(0, this.#count).sort();
    return (sorted[lower]! + sorted[upper]!) / 2;
  }

  #toBins(values: Float64Array): void {
    this.#exact = undefined;
    for (const value of values) this.#addToBin(binOf(value), 1);
  }

  #addToBin(bin: number, count: number): void {
    this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + count);
  }

  /** The middle of the bin with the number of that rank, from 0. */
  #binAt(rank: number): number {
    let passed = 0;
    for (const [bin, count] of [...this.#bins].sort(([a], [b]) => a - b)) {
      passed += count;
      if (passed > rank) return middleOf(bin);
    }
    return Number.NaN;
  }
}

function binOf(value: number): number {
  float[0] = value;
  return halves[1]! >>> (20 - BITS_KEPT);
}

function middleOf(bin: number): number {
  halves[0] = 0;
  halves[1] = bin << (20 - BITS_KEPT);
  const lower = float[0]!;
  halves[1] = (bin + 1) << (20 - BITS_KEPT);
  return lower === 0 ? 0 : (lower + float[0]!) / 2;
}
