// Probabilities as integers of the same order. FP32 numbers are densest at 0: p ≤ ½ is its own bit pattern, and p > ½
// mirrors that of 1 - p, which is exact. Keys that share their upper bits are close relative to p and to 1 - p.

const HALF_BITS = 0x3f000000;
/** Greatest key: that of 1. */
export const MAX_KEY = 2 * HALF_BITS;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** `probability` is an FP32 number; those outside of [0, 1] count as 0 and 1. */
export function toKey(probability: number): number {
  if (probability <= 0) return 0;
  if (probability >= 1) return MAX_KEY;
  const isUpper = probability > 0.5;
  float[0] = isUpper ? 1 - probability : probability;
  return isUpper ? MAX_KEY - bits[0]! : bits[0]!;
}

export function fromKey(key: number): number {
  bits[0] = key > HALF_BITS ? MAX_KEY - key : key;
  return key > HALF_BITS ? 1 - float[0]! : float[0]!;
}
