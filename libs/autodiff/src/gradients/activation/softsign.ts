import { mul, scalar, sub } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** (x / (1 + |x|))′ = 1 / (1 + |x|)² = (1 - |y|)² */
export const gradient = defineGradient('Softsign', {
  backward({ g, outputs: [y], dy }) {
    const root = sub(g, scalar(g, dy.dtype, 1), g.op('Abs', [y]));
    return { x: mul(g, dy, mul(g, root, root)) };
  },
  cases: [{ inputs: [[2, 5]] }],
});
