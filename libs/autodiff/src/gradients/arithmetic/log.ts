import { div } from '../../emit.js';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('Log', {
  backward: ({ g, inputs: { x }, dy }) => ({ x: div(g, dy, x) }),
  cases: [{ inputs: [[2, 3]], range: [0.5, 3] }],
});
