import { mul } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** softplus′ = σ */
export const gradient = defineGradient('Softplus', {
  backward: ({ g, inputs: { x }, dy }) => ({ x: mul(g, dy, g.op('Sigmoid', [x])) }),
  cases: [{ inputs: [[2, 5]] }],
});
