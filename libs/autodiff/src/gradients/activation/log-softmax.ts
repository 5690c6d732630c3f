import { mul, sub, sum } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** dx = dy - softmax(x) · Σ dy */
export const gradient = defineGradient('LogSoftmax', {
  backward({ g, outputs: [y], attributes: { axis }, dy }) {
    return { x: sub(g, dy, mul(g, g.op('Exp', [y]), sum(g, dy, [axis], true))) };
  },
  cases: [{ inputs: [[2, 5]] }, { inputs: [[2, 3, 2]], attributes: { axis: 1 } }],
});
