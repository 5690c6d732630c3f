// Rows of tensors: taken, put in another order, and compared.

import { type DType, isNumeric, type Tensor, tensor } from '@athanor/tensor';
import { numbersOf } from '../trial/numbers-of.js';

/** The rows of a tensor's first axis in this order. */
export function takeRows(value: Tensor, order: readonly number[]): Tensor {
  const [rows, ...rest] = value.shape;
  const width = value.data.length / rows!;
  const shape = [order.length, ...rest];
  if (!isNumeric(value)) {
    return tensor(
      'BYTES',
      shape,
      order.flatMap(row => value.data.slice(row * width, (row + 1) * width)),
    );
  }
  const data = value.data.slice(0, order.length * width);
  order.forEach((row, index) => {
    data.set(value.data.subarray(row * width, (row + 1) * width) as never, index * width);
  });
  return tensor(value.dtype, shape, data as never);
}

// Other numbers of rows choose other kernels, which round in another order.
const RELATIVE_TOLERANCE: { readonly [K in DType]?: number } = { FP16: 4e-3, FP32: 1e-5, FP64: 1e-9 };

/**
 * Whether two tensors are equal but for rounding: relative to the larger of the two numbers and of the row's largest, since
 * a sum that cancels keeps the rounding of its terms. NaN equals NaN.
 */
export function agree(a: Tensor, b: Tensor, tolerance: number = RELATIVE_TOLERANCE[a.dtype] ?? 0): boolean {
  if (a.dtype !== b.dtype || a.shape.length !== b.shape.length) return false;
  if (a.shape.some((size, axis) => size !== b.shape[axis])) return false;
  if (tolerance === 0) return (a.data as ArrayLike<unknown> & Iterable<unknown>) && everyEqual(a.data, b.data);
  const [left, right] = [numbersOf(a), numbersOf(b)];
  let scale = 0;
  for (const value of left) if (Number.isFinite(value)) scale = Math.max(scale, Math.abs(value));
  for (let index = 0; index < left.length; index++) {
    const [x, y] = [left[index]!, right[index]!];
    if (Object.is(x, y) || x === y) continue;
    const difference = Math.abs(x - y);
    if (
      !(difference < Number.POSITIVE_INFINITY && difference <= tolerance * Math.max(scale, Math.abs(x), Math.abs(y)))
    ) {
      return false;
    }
  }
  return true;
}

function everyEqual(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
