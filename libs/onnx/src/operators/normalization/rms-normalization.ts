import { normalizeAxis } from '@athanor/tensor';
import { float, int } from '../attribute-specs.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';
import { combine, meanSquare, trailingAxes } from './standardize.js';

/** x / √(mean(x²) + ε) · scale over the axes from `axis` on (Zhang, Sennrich 2019). */
export const rmsNormalization = defineOperator({
  since: 23,
  attributes: { axis: int(-1), epsilon: float(1e-5), stash_type: int(1) },
  inputs: { x: one(), scale: one() },
  infer: ({ inputs }) => [inputs.x],
  evaluate({ inputs: { x, scale }, attributes: { axis, epsilon } }) {
    const rank = x.shape.length;
    const square = meanSquare(x, trailingAxes(rank, normalizeAxis(axis, rank)));
    return [combine(x, [square, scale], (value, m, s) => (value / Math.sqrt(m! + epsilon)) * s!)];
  },
});
