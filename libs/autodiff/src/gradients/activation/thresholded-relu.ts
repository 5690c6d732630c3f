import { cast, mul, scalar } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** 1 above the threshold, 0 on it as with torch.nn.Threshold. */
export const gradient = defineGradient('ThresholdedRelu', {
  backward: ({ g, inputs: { x }, attributes: { alpha }, dy }) => ({
    x: mul(g, dy, cast(g, g.op('Greater', [x, scalar(g, x.dtype, alpha)]), x.dtype)),
  }),
  cases: [{ inputs: [[2, 5]] }, { inputs: [[2, 5]], attributes: { alpha: -0.5 } }],
});
