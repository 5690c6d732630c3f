import { normalizeAxis } from '@athanor/tensor';
import { ints } from '../attribute-specs.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';
import { combine, moments } from './standardize.js';

/** (x - mean) / (√variance + 1e-9) along axes, by default all but the channels of [N, C, H, W]. */
export const meanVarianceNormalization = defineOperator({
  since: 13,
  attributes: { axes: ints([0, 2, 3]) },
  inputs: { x: one() },
  infer: ({ inputs }) => [inputs.x],
  evaluate({ inputs: { x }, attributes: { axes } }) {
    const along = axes.map(axis => normalizeAxis(axis, x.shape.length));
    const { mean, variance } = moments(x, along);
    return [combine(x, [mean, variance], (value, m, v) => (value - m!) / (Math.sqrt(v!) + 1e-9))];
  },
});
