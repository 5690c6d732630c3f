import { mul } from '../../emit.js';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('Exp', {
  backward: ({ g, outputs: [y], dy }) => ({ x: mul(g, dy, y!) }),
  cases: [{ inputs: [[2, 3]] }],
});
