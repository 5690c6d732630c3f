import { mul } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** cosh′ = sinh */
export const gradient = defineGradient('Cosh', {
  backward: ({ g, inputs: { x }, dy }) => ({ x: mul(g, dy, g.op('Sinh', [x])) }),
  cases: [{ inputs: [[2, 5]] }],
});
