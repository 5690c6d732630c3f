import { rowMajorStrides } from '@athanor/tensor';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** [rank, count]: the indices of the elements that are not 0, in row-major order. */
export const nonZero = defineOperator({
  since: 13,
  inputs: { x: one() },
  infer: ({ inputs: { x } }) => [{ dtype: 'INT64', shape: [x.shape.length, ''] }],
  evaluate({ inputs: { x } }) {
    const found = Array.from(x.data as ArrayLike<number>, (value, flat) => (Number(value) ? flat : -1)).filter(
      flat => flat >= 0,
    );
    const indices = rowMajorStrides(x.shape).map((stride, axis) =>
      found.map(flat => Math.floor(flat / stride) % x.shape[axis]!),
    );
    const data = BigInt64Array.from(indices.flat(), BigInt);
    return [{ dtype: 'INT64', shape: [x.shape.length, found.length], data }];
  },
});
