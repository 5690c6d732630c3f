import { int } from '../attribute-specs.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';
import { alongAxis, shiftedExponentials } from './along-axis.js';

/** e^x / Σ e^x along an axis. */
export const softmax = defineOperator({
  since: 13,
  attributes: { axis: int(-1) },
  inputs: { x: one() },
  infer: ({ inputs }) => [inputs.x],
  evaluate({ inputs: { x }, attributes: { axis } }) {
    return [
      alongAxis(x, axis, line => {
        const { shifted, sum } = shiftedExponentials(line);
        return shifted.map(value => Math.exp(value) / sum);
      }),
    ];
  },
});
