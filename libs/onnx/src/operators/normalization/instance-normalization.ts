import { float } from '../attribute-specs.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';
import { moments, normalized, perChannel, trailingAxes } from './standardize.js';

/** Mean 0 and variance 1 over each channel of a sample, then scaled and shifted by channel. */
export const instanceNormalization = defineOperator({
  since: 6,
  attributes: { epsilon: float(1e-5) },
  inputs: { x: one(), scale: one(), bias: one() },
  infer: ({ inputs }) => [inputs.x],
  evaluate({ inputs: { x, scale, bias }, attributes: { epsilon } }) {
    const rank = x.shape.length;
    const affine = { epsilon, scale: perChannel(scale, rank), bias: perChannel(bias, rank) };
    return [normalized(x, moments(x, trailingAxes(rank, 2)), affine)];
  },
});
