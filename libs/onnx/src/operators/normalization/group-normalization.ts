import { elementCount } from '@athanor/tensor';
import { reshaped } from '../../evaluate/move.js';
import { float, int, required } from '../attribute-specs.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';
import { combine, moments, normalized, perChannel, scalarArray } from './standardize.js';

/** Mean 0 and variance 1 over each group of channels of a sample, then scaled and shifted by channel (Wu, He 2018). */
export const groupNormalization = defineOperator({
  since: 21,
  attributes: { epsilon: float(1e-5), num_groups: required(int()), stash_type: int(1) },
  inputs: { x: one(), scale: one(), bias: one() },
  infer: ({ inputs }) => [inputs.x],
  evaluate({ inputs: { x, scale, bias }, attributes: { epsilon, num_groups } }) {
    const size = elementCount(x.shape) / (x.shape[0]! * num_groups);
    const grouped = reshaped(x, [x.shape[0]!, num_groups, size]);
    const [one, zero] = [scalarArray(x.dtype, 1), scalarArray(x.dtype, 0)];
    const standard = normalized(grouped, moments(grouped, [2]), { epsilon, scale: one, bias: zero });
    const affine = [perChannel(scale, x.shape.length), perChannel(bias, x.shape.length)];
    return [combine(reshaped(standard, x.shape), affine, (value, s, b) => value * s! + b!)];
  },
});
