import { int } from '../attribute-specs.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** The sizes of the axes from `start` up to `end`. */
export const shape = defineOperator({
  since: 21,
  attributes: { start: int(0), end: int() },
  inputs: { x: one() },
  infer: ({ inputs: { x }, attributes: { start, end } }) => [
    { dtype: 'INT64', shape: [x.shape.slice(start, end).length] },
  ],
  propagate: ({ inputs: { x }, attributes: { start, end } }) => [x.shape.slice(start, end)],
  evaluate({ inputs: { x }, attributes: { start, end } }) {
    const sizes = x.shape.slice(start, end);
    return [{ dtype: 'INT64', shape: [sizes.length], data: BigInt64Array.from(sizes, BigInt) }];
  },
});
