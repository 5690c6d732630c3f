import { mul, neg, scale } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** erf′ = 2/√π · e^(-x²) */
export const gradient = defineGradient('Erf', {
  backward: ({ g, inputs: { x }, dy }) => ({
    x: mul(g, dy, scale(g, g.op('Exp', [neg(g, mul(g, x, x))]), 2 / Math.sqrt(Math.PI))),
  }),
  cases: [{ inputs: [[2, 5]] }],
});
