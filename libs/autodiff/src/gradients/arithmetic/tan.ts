import { add, mul } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** tan′ = 1 + tan² */
export const gradient = defineGradient('Tan', {
  backward: ({ g, outputs: [y], dy }) => ({ x: add(g, dy, mul(g, dy, mul(g, y!, y!))) }),
  cases: [{ inputs: [[2, 5]], range: [-1.2, 1.2] }],
});
