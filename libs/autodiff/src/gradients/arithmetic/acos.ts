import { div, mul, neg, scalar, sub } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** acos′ = -1 / √(1 - x²) */
export const gradient = defineGradient('Acos', {
  backward: ({ g, inputs: { x }, dy }) => ({
    x: neg(g, div(g, dy, g.op('Sqrt', [sub(g, scalar(g, x.dtype, 1), mul(g, x, x))]))),
  }),
  cases: [{ inputs: [[2, 5]], range: [-0.9, 0.9] }],
});
