import { mul } from '../../emit.js';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('Abs', {
  backward: ({ g, inputs: { x }, dy }) => ({ x: mul(g, dy, g.op('Sign', [x])) }),
  cases: [{ inputs: [[3, 4]] }],
});
