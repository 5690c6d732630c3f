import { neg } from '../../emit.js';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('Neg', {
  backward: ({ g, dy }) => ({ x: neg(g, dy) }),
  cases: [{ inputs: [[2, 3]] }],
});
