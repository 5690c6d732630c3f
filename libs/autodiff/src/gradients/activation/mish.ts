import { add, mul, scalar, sub } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** With t = tanh(softplus(x)): t + x·σ(x)·(1 - t²) */
export const gradient = defineGradient('Mish', {
  backward({ g, inputs: { x }, dy }) {
    const t = g.op('Tanh', [g.op('Softplus', [x])]);
    const inner = sub(g, scalar(g, x.dtype, 1), mul(g, t, t));
    return { x: mul(g, dy, add(g, t, mul(g, mul(g, x, g.op('Sigmoid', [x])), inner))) };
  },
  cases: [{ inputs: [[2, 5]] }],
});
