import { div, mul, scalar, sub } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** acosh′ = 1 / √(x² - 1) */
export const gradient = defineGradient('Acosh', {
  backward: ({ g, inputs: { x }, dy }) => ({
    x: div(g, dy, g.op('Sqrt', [sub(g, mul(g, x, x), scalar(g, x.dtype, 1))])),
  }),
  cases: [{ inputs: [[2, 5]], range: [1.2, 4] }],
});
