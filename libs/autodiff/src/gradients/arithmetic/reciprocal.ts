import { mul, neg } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** (1/x)′ = -1/x² */
export const gradient = defineGradient('Reciprocal', {
  backward: ({ g, outputs: [y], dy }) => ({ x: neg(g, mul(g, dy, mul(g, y!, y!))) }),
  cases: [{ inputs: [[2, 3]], range: [0.5, 3] }],
});
