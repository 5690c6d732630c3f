import { mul, scalar, sub } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** σ′ = σ(1 - σ) */
export const gradient = defineGradient('Sigmoid', {
  backward: ({ g, outputs: [y], dy }) => ({ x: mul(g, dy, mul(g, y!, sub(g, scalar(g, dy.dtype, 1), y!))) }),
  cases: [{ inputs: [[2, 3]] }],
});
