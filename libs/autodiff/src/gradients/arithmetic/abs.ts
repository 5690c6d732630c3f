import { mul } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** The sign, which is 0 at 0, as in PyTorch. */
export const gradient = defineGradient('Abs', {
  backward: ({ g, inputs: { x }, dy }) => ({ x: mul(g, dy, g.op('Sign', [x])) }),
  cases: [{ inputs: [[3, 4]] }],
});
