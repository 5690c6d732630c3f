import { normalizeAxis } from '@athanor/tensor';
import { elementwise } from '../../evaluate/elementwise.js';
import { float, int } from '../attribute-specs.js';
import { one, optional } from '../input-specs.js';
import { defineOperator } from '../operator.js';
import { collapse } from '../reduction/reduction.js';
import { moments, normalized, scalarArray, trailingAxes } from './standardize.js';

/** Mean 0 and variance 1 over the axes from `axis` on, then scaled and shifted; also the mean and 1/√(variance + ε). */
export const layerNormalization = defineOperator({
  since: 17,
  attributes: { axis: int(-1), epsilon: float(1e-5), stash_type: int(1) },
  inputs: { x: one(), scale: one(), bias: optional() },
  infer({ inputs: { x }, attributes }) {
    const rank = x.shape.length;
    const shape = collapse(x.shape, trailingAxes(rank, normalizeAxis(attributes.axis, rank)), true);
    // Statistics are in single precision: stash_type 1.
    const statistic = { dtype: 'FP32', shape } as const;
    return [x, statistic, statistic];
  },
  evaluate({ inputs: { x, scale, bias }, attributes: { axis, epsilon } }) {
    const rank = x.shape.length;
    const statistics = moments(x, trailingAxes(rank, normalizeAxis(axis, rank)));
    const y = normalized(x, statistics, { epsilon, scale, bias: bias ?? scalarArray(x.dtype, 0) });
    const inverse = elementwise([statistics.variance], { real: v => 1 / Math.sqrt(v + epsilon) });
    return [y, { ...statistics.mean, dtype: 'FP32' }, { ...inverse, dtype: 'FP32' }];
  },
});
