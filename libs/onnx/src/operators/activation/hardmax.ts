import { int } from '../attribute-specs.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';
import { alongAxis } from './along-axis.js';

/** 1 for the first largest element along an axis, 0 for all others. */
export const hardmax = defineOperator({
  since: 13,
  attributes: { axis: int(-1) },
  inputs: { x: one() },
  infer: ({ inputs }) => [inputs.x],
  evaluate({ inputs: { x }, attributes: { axis } }) {
    return [
      alongAxis(x, axis, line => {
        const largest = line.indexOf(Math.max(...line));
        return line.map((_, index) => Number(index === largest));
      }),
    ];
  },
});
