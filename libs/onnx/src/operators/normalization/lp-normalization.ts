import { alongAxis } from '../activation/along-axis.js';
import { int } from '../attribute-specs.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** x / ‖x‖ along an axis by the norm p: 1 or 2; 0 where all elements are 0. */
export const lpNormalization = defineOperator({
  since: 1,
  attributes: { axis: int(-1), p: int(2) },
  inputs: { x: one() },
  infer: ({ inputs }) => [inputs.x],
  evaluate({ inputs: { x }, attributes: { axis, p } }) {
    return [
      alongAxis(x, axis, line => {
        const norm = line.reduce((sum, value) => sum + Math.abs(value) ** p, 0) ** (1 / p);
        return line.map(value => (norm === 0 ? 0 : value / norm));
      }),
    ];
  },
});
