import { cast, mul, scalar } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/**
 * 1 where the result is positive, which the forward pass keeps anyway; 0 at 0, as in PyTorch. ONNX Runtime takes twice as
 * long for Sign as for a comparison and a cast.
 */
export const gradient = defineGradient('Relu', {
  backward: ({ g, outputs: [y], dy }) => ({
    x: mul(g, dy, cast(g, g.op('Greater', [y, scalar(g, dy.dtype, 0)]), dy.dtype)),
  }),
  cases: [{ inputs: [[3, 4]] }],
});
