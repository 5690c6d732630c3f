import type { Tensor } from '@athanor/tensor';

/** The elements of a tensor of FP16, FP32 or FP64. */
export function numbersOf(value: Tensor): ArrayLike<number> & Iterable<number> {
  if (value.dtype === 'FP32' || value.dtype === 'FP64') return value.data;
  return Array.from(value.data as Uint16Array, fromHalf);
}

/** IEEE 754 binary16. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
