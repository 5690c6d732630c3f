import { add, div, mul, scalar } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** asinh′ = 1 / √(x² + 1) */
export const gradient = defineGradient('Asinh', {
  backward: ({ g, inputs: { x }, dy }) => ({
    x: div(g, dy, g.op('Sqrt', [add(g, mul(g, x, x), scalar(g, x.dtype, 1))])),
  }),
  cases: [{ inputs: [[2, 5]] }],
});
