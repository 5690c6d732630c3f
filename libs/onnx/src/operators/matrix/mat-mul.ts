import type { Shape } from '@athanor/tensor';
import { TypeInferenceError } from '../../errors.js';
import { broadcastPositions } from '../../evaluate/indices.js';
import { type NdArray, type RealArray, realArray, reals } from '../../evaluate/nd-array.js';
import type { Dim } from '../../model.js';
import { broadcastDims, describe, differ } from '../dims.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** numpy.matmul: an operand of rank 1 gets an axis that is removed from the result; leading axes are broadcast. */
export const matMul = defineOperator({
  since: 13,
  inputs: { a: one(), b: one() },
  infer({ op, inputs: { a, b } }) {
    const mismatch = () => new TypeInferenceError(`${op} of ${describe(a)} and ${describe(b)}`);
    if (a.shape.length === 0 || b.shape.length === 0) throw mismatch();
    const [left, right] = asMatrices(a.shape, b.shape);
    if (differ(left.at(-1)!, right.at(-2)!)) throw mismatch();
    const full = [...broadcastDims(left.slice(0, -2), right.slice(0, -2)), left.at(-2)!, right.at(-1)!];
    return [{ dtype: a.dtype, shape: withoutAdded(full, a.shape, b.shape) }];
  },
  evaluate({ inputs: { a, b } }) {
    const [left, right] = asMatrices(a.shape, b.shape) as [Shape, Shape];
    const product = multiply({ ...a, shape: left }, { ...b, shape: right });
    return [{ ...product, shape: withoutAdded(product.shape, a.shape, b.shape) as Shape }];
  },
});

function asMatrices(a: readonly Dim[], b: readonly Dim[]): [readonly Dim[], readonly Dim[]] {
  return [a.length === 1 ? [1, ...a] : a, b.length === 1 ? [...b, 1] : b];
}

function withoutAdded(shape: readonly Dim[], a: readonly Dim[], b: readonly Dim[]): readonly Dim[] {
  const kept = shape.slice(0, -2);
  if (a.length > 1) kept.push(shape.at(-2)!);
  if (b.length > 1) kept.push(shape.at(-1)!);
  return kept;
}

function multiply(a: NdArray, b: NdArray): RealArray {
  const [rows, inner, columns] = [a.shape.at(-2)!, a.shape.at(-1)!, b.shape.at(-1)!];
  const batch = broadcastDims(a.shape.slice(0, -2), b.shape.slice(0, -2)) as number[];
  const [left, right] = [reals(a), reals(b)];
  const result = realArray(a.dtype, [...batch, rows, columns]);
  const fromA = broadcastPositions(a.shape.slice(0, -2), batch);
  const fromB = broadcastPositions(b.shape.slice(0, -2), batch);
  fromA.forEach((matrixA, matrix) => {
    const [startA, startB] = [matrixA * rows * inner, fromB[matrix]! * inner * columns];
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        for (let k = 0; k < inner; k++) sum += left[startA + i * inner + k]! * right[startB + k * columns + j]!;
        result.data[(matrix * rows + i) * columns + j] = sum;
      }
    }
  });
  return result;
}
