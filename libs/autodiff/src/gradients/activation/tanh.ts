import { mul, scalar, sub } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** tanh′ = 1 - tanh² */
export const gradient = defineGradient('Tanh', {
  backward: ({ g, outputs: [y], dy }) => ({ x: mul(g, dy, sub(g, scalar(g, dy.dtype, 1), mul(g, y!, y!))) }),
  cases: [{ inputs: [[2, 3]] }],
});
