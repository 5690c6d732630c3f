import { fromHalf, type Tensor } from '@athanor/tensor';

/** The elements of a tensor of FP16, FP32 or FP64. */
export function numbersOf(value: Tensor): ArrayLike<number> & Iterable<number> {
  if (value.dtype === 'FP32' || value.dtype === 'FP64') return value.data;
  return Array.from(value.data as Uint16Array, fromHalf);
}
