import { div, mul, scalar, sub } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** asin′ = 1 / √(1 - x²) */
export const gradient = defineGradient('Asin', {
  backward: ({ g, inputs: { x }, dy }) => ({
    x: div(g, dy, g.op('Sqrt', [sub(g, scalar(g, x.dtype, 1), mul(g, x, x))])),
  }),
  cases: [{ inputs: [[2, 5]], range: [-0.9, 0.9] }],
});
