// A counter-based random generator: its output is a function of a key and a counter, so a resumed job draws the same
// numbers as an uninterrupted one without storing generator state. Philox4x32-10: Salmon, Moraes, Dror, Shaw: Parallel
// random numbers: as easy as 1, 2, 3. SC'11.

const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const;
const WEYL = [0x9e3779b9, 0xbb67ae85] as const;
const ROUNDS = 10;

export type Words2 = readonly [number, number];
export type Words4 = readonly [number, number, number, number];

/** Four random 32-bit words from a counter of four words and a key of two. */
export function philox4x32(counter: Words4, key: Words2): Words4 {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIERS[0], c0);
    const high1 = multiplyHigh(MULTIPLIERS[1], c2);
    const low0 = Math.imul(MULTIPLIERS[0], c0);
    const low1 = Math.imul(MULTIPLIERS[1], c2);
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1 >>> 0, (high0 ^ c3 ^ k1) >>> 0, low0 >>> 0];
    k0 = (k0 + WEYL[0]) >>> 0;
    k1 = (k1 + WEYL[1]) >>> 0;
  }
  return [c0, c1, c2, c3];
}

// The upper half of a 32×32-bit product, computed from 16-bit halves.
function multiplyHigh(a: number, b: number): number {
  const [aHigh, aLow, bHigh, bLow] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) >>> 0;
}

/** Purposes of random numbers; each has its own stream. `windows` is the first of many. */
export const STREAM = { rowOrder: 0, initialWeights: 1, shardOrder: 2, windows: 16 } as const;

export interface RandomWords {
  /** Uniform in [0, 2^32). */
  next(): number;
}

/** The words of one stream: `seed` is an integer from 0 to 2^53 - 1, `index` is the epoch or parameter. */
export function randomWords(seed: number, stream: number, index: number): RandomWords {
  const key: Words2 = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
  let block = 0;
  let words: Words4 = [0, 0, 0, 0];
  let used = 4;
  return {
    next() {
      if (used === 4) {
        words = philox4x32([block++, index, stream, 0], key);
        used = 0;
      }
      return words[used++]!;
    },
  };
}
