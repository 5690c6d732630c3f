import { div, mul, scalar, sub } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** atanh′ = 1 / (1 - x²) */
export const gradient = defineGradient('Atanh', {
  backward: ({ g, inputs: { x }, dy }) => ({ x: div(g, dy, sub(g, scalar(g, x.dtype, 1), mul(g, x, x))) }),
  cases: [{ inputs: [[2, 5]], range: [-0.9, 0.9] }],
});
