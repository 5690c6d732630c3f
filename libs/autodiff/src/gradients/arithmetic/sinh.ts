import { mul } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** sinh′ = cosh */
export const gradient = defineGradient('Sinh', {
  backward: ({ g, inputs: { x }, dy }) => ({ x: mul(g, dy, g.op('Cosh', [x])) }),
  cases: [{ inputs: [[2, 5]] }],
});
