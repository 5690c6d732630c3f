// All values of a column in FP64, for what cannot be computed exactly from sums: median, mode, quantiles. They take 8 to
// 16 bytes per row.

/** An array that grows by doubling. */
export class ValueBuffer {
  #values = new Float64Array(1024);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(2 * this.#length);
      larger.set(this.#values);
      this.#values = larger;
    }
    // -0 becomes 0, as in the JSON of a fitted state.
    this.#values[this.#length++] = value + 0;
  }

  /** Sorts in place; the buffer must not be used afterwards. */
  sorted(): Float64Array {
    return this.#values.subarray(0, this.#length).sort();
  }
}

/** With `value` added `times` times. */
export function withRepeated(sorted: Float64Array, value: number, times: number): Float64Array {
  if (times === 0) return sorted;
  const index = sorted.findIndex(each => each >= value);
  const at = index < 0 ? sorted.length : index;
  const all = new Float64Array(sorted.length + times);
  all.set(sorted.subarray(0, at));
  all.fill(value, at, at + times);
  all.set(sorted.subarray(at), at + times);
  return all;
}

/** Linear interpolation between neighbours, as numpy.quantile by default; 0 without values. */
export function quantileOf(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return 0;
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  const weight = position - below;
  const step = high - low;
  if (!Number.isFinite(step)) return low * (1 - weight) + high * weight;
  // From the nearer end, so that equal neighbours give exactly their value.
  return weight < 0.5 ? low + step * weight : high - step * (1 - weight);
}

/** The most frequent value, the smallest of several; 0 without values. */
export function modeOf(sorted: Float64Array): number {
  let [best, bestCount] = [0, 0];
  for (let begin = 0; begin < sorted.length; ) {
    let end = begin + 1;
    while (end < sorted.length && sorted[end] === sorted[begin]) end++;
    if (end - begin > bestCount) [best, bestCount] = [sorted[begin]!, end - begin];
    begin = end;
  }
  return best;
}
