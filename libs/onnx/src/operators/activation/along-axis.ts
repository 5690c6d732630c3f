import { normalizeAxis, rowMajorStrides } from '@athanor/tensor';
import { flatIndex, forEachIndex } from '../../evaluate/indices.js';
import { type NdArray, realArray, reals } from '../../evaluate/nd-array.js';

/** Replaces each line of numbers along an axis by another of the same length. */
export function alongAxis(x: NdArray, given: number, apply: (line: readonly number[]) => readonly number[]): NdArray {
  const axis = normalizeAxis(given, x.shape.length);
  const result = realArray(x.dtype, x.shape);
  const values = reals(x);
  const strides = rowMajorStrides(x.shape);
  const starts = x.shape.with(axis, Math.min(1, x.shape[axis]!));
  forEachIndex(starts, index => {
    const start = flatIndex(index, strides);
    const at = (position: number) => start + position * strides[axis]!;
    const line = Array.from({ length: x.shape[axis]! }, (_, position) => values[at(position)]!);
    apply(line).forEach((value, position) => {
      result.data[at(position)] = value;
    });
  });
  return result;
}

/** e^(x - max) for each element: what softmax and its logarithm divide by the sum of. */
export function shiftedExponentials(line: readonly number[]): { readonly shifted: number[]; readonly sum: number } {
  const largest = Math.max(...line);
  const shifted = line.map(x => x - largest);
  return { shifted, sum: shifted.reduce((sum, x) => sum + Math.exp(x), 0) };
}
