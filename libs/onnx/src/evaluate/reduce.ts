import { elementCount, type Shape } from '@athanor/tensor';
import { wrap } from './elementwise.js';
import { broadcastPositions } from './indices.js';
import { emptyElements, isReal, type NdArray } from './nd-array.js';

/** One formula for floats, one for integers, over the elements that are reduced to one. */
export interface Reduction {
  real(values: readonly number[]): number;
  integer?(values: readonly bigint[]): bigint;
}

/** The elements that fall together when `axes` are reduced, for each element of the result. */
export function groups(x: NdArray, axes: readonly number[]): unknown[][] {
  const kept = x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
  const positions = broadcastPositions(kept, x.shape);
  const grouped: unknown[][] = Array.from({ length: elementCount(kept) }, () => []);
  positions.forEach((position, flat) => {
    grouped[position]!.push(x.data[flat]);
  });
  return grouped;
}

export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  return keepDims
    ? shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
    : shape.filter((_, axis) => !axes.includes(axis));
}

export function reduce(x: NdArray, axes: readonly number[], keepDims: boolean, { real, integer }: Reduction): NdArray {
  const grouped = groups(x, axes);
  const data = emptyElements(x.dtype, grouped.length) as unknown[];
  grouped.forEach((values, index) => {
    const reduced = isReal(x.dtype) || !integer ? real(values as number[]) : wrap(x.dtype, integer(values as bigint[]));
    // Of no booleans at all, the maximum is false and the minimum true.
    data[index] = x.dtype === 'BOOL' ? Math.min(Math.max(Number(reduced), 0), 1) : reduced;
  });
  return { dtype: x.dtype, shape: reducedShape(x.shape, axes, keepDims), data: data as never };
}
