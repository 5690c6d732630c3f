import { add, div, mul, scalar } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** atan′ = 1 / (1 + x²) */
export const gradient = defineGradient('Atan', {
  backward: ({ g, inputs: { x }, dy }) => ({ x: div(g, dy, add(g, mul(g, x, x), scalar(g, x.dtype, 1))) }),
  cases: [{ inputs: [[2, 5]] }],
});
