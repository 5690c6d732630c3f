import { mul } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** sin′ = cos */
export const gradient = defineGradient('Sin', {
  backward: ({ g, inputs: { x }, dy }) => ({ x: mul(g, dy, g.op('Cos', [x])) }),
  cases: [{ inputs: [[2, 5]] }],
});
