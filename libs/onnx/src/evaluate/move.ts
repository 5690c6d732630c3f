import { elementCount, rowMajorStrides, type Shape } from '@athanor/tensor';
import { flatIndex, forEachIndex } from './indices.js';
import { emptyElements, type NdArray, setElement } from './nd-array.js';

/** A new array whose element at an index is that of `x` at the index which `source` gives; the default where it gives none. */
export function rearrange(
  x: NdArray,
  shape: Shape,
  source: (index: readonly number[]) => readonly number[] | undefined,
): NdArray {
  const data = emptyElements(x.dtype, elementCount(shape));
  const strides = rowMajorStrides(x.shape);
  forEachIndex(shape, (index, flat) => {
    const from = source(index);
    if (from) setElement(data, flat, x.data, flatIndex(from, strides));
  });
  return { dtype: x.dtype, shape, data };
}

export function reshaped(x: NdArray, shape: Shape): NdArray {
  return { ...x, shape };
}
