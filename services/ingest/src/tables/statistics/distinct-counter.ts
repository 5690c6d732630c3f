// How many different values there are: exactly while they are few, then by HyperLogLog (Flajolet et al. 2007) over
// 4,096 registers, with a standard error of 1.6 %.

const MAX_EXACT = 4096;
const SLOTS = 16384;
const REGISTERS = 4096;
const ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);

export class DistinctCounter {
  readonly #registers = new Uint8Array(REGISTERS);
  readonly #low = new Int32Array(SLOTS);
  readonly #high = new Int32Array(SLOTS);
  readonly #used = new Uint8Array(SLOTS);
  #known = 0;
  #isExact = true;

  /** NaN is a missing value. */
  add(data: Float64Array): void {
    const words = new Int32Array(data.buffer, data.byteOffset, 2 * data.length);
    const registers = this.#registers;
    for (let row = 0; row < data.length; row++) {
      const value = data[row]!;
      if (Number.isNaN(value)) continue;
      const low = words[2 * row]!;
      // One zero.
      const high = value === 0 ? 0 : words[2 * row + 1]!;
      let h = Math.imul(low ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(high, 0xc2b2ae35);
      h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
      h ^= h >>> 12;
      if (this.#isExact) this.#remember(low, high, h);
      let g = Math.imul(h ^ high, 0x297a2d39) ^ low;
      g = Math.imul(g ^ (g >>> 15), 0x165667b1);
      g ^= g >>> 14;
      const register = h & (REGISTERS - 1);
      const rank = Math.clz32(g) + 1;
      if (rank > registers[register]!) registers[register] = rank;
    }
  }

  get count(): { readonly count: number; readonly exact: boolean } {
    if (this.#isExact) return { count: this.#known, exact: true };
    let sum = 0;
    let zeros = 0;
    for (const rank of this.#registers) {
      sum += 2 ** -rank;
      if (rank === 0) zeros++;
    }
    const raw = (ALPHA * REGISTERS * REGISTERS) / sum;
    const isSmall = raw <= 2.5 * REGISTERS && zeros > 0;
    return { count: Math.round(isSmall ? REGISTERS * Math.log(REGISTERS / zeros) : raw), exact: false };
  }

  /** Open addressing over both words. */
  #remember(low: number, high: number, hash: number): void {
    let slot = (hash >>> 8) & (SLOTS - 1);
    while (this.#used[slot] === 1) {
      if (this.#low[slot] === low && this.#high[slot] === high) return;
      slot = (slot + 1) & (SLOTS - 1);
    }
    if (this.#known >= MAX_EXACT) {
      this.#isExact = false;
      return;
    }
    this.#used[slot] = 1;
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#known++;
  }
}
