import { mul } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** relu(x) ≥ 0, so its sign is the derivative: one node that reads a value which the forward pass keeps anyway. */
export const gradient = defineGradient('Relu', {
  backward: ({ g, outputs: [y], dy }) => ({ x: mul(g, dy, g.op('Sign', [y])) }),
  cases: [{ inputs: [[3, 4]] }],
});
