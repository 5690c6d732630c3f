import { div, scale } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** (√x)′ = 1 / 2√x */
export const gradient = defineGradient('Sqrt', {
  backward: ({ g, outputs: [y], dy }) => ({ x: div(g, dy, scale(g, y!, 2)) }),
  cases: [{ inputs: [[2, 3]], range: [0.5, 3] }],
});
