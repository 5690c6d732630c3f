import { type DType, normalizeAxis, rowMajorStrides } from '@athanor/tensor';
import { wrap } from '../../evaluate/elementwise.js';
import { flatIndex, forEachIndex } from '../../evaluate/indices.js';
import { emptyElements, integers, isReal } from '../../evaluate/nd-array.js';
import { flag } from '../attribute-specs.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** The sum of all elements up to this one along an axis: without it if exclusive, from the end if reverse. */
export const cumSum = defineOperator({
  since: 14,
  attributes: { exclusive: flag(false), reverse: flag(false) },
  inputs: { x: one(), axis: one() },
  infer: ({ inputs }) => [inputs.x],
  evaluate({ inputs: { x, axis: given }, attributes: { exclusive, reverse } }) {
    const axis = normalizeAxis(integers(given)[0]!, x.shape.length);
    const data = emptyElements(x.dtype, x.data.length);
    const [from, to] = [x.data as ArrayLike<unknown>, data as unknown[]];
    const [zero, plus] = additionOf(x.dtype);
    const strides = rowMajorStrides(x.shape);
    const length = x.shape[axis]!;
    forEachIndex(x.shape.with(axis, Math.min(1, length)), index => {
      const start = flatIndex(index, strides);
      let sum = zero;
      for (let step = 0; step < length; step++) {
        const at = start + (reverse ? length - 1 - step : step) * strides[axis]!;
        const next = plus(sum, from[at]);
        to[at] = exclusive ? sum : next;
        sum = next;
      }
    });
    return [{ ...x, data }];
  },
});

function additionOf(dtype: DType): readonly [zero: unknown, plus: (a: unknown, b: unknown) => unknown] {
  if (isReal(dtype)) return [0, (a, b) => (a as number) + (b as number)];
  return [0n, (a, b) => wrap(dtype, (a as bigint) + (b as bigint))];
}
