import { mul, neg } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** cos′ = -sin */
export const gradient = defineGradient('Cos', {
  backward: ({ g, inputs: { x }, dy }) => ({ x: neg(g, mul(g, dy, g.op('Sin', [x]))) }),
  cases: [{ inputs: [[2, 5]] }],
});
