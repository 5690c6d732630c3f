import { reshapeLike } from '../../emit.js';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('Flatten', {
  backward: ({ g, inputs: { x }, dy }) => ({ x: reshapeLike(g, dy, x) }),
  cases: [
    { inputs: [[2, 3, 4]], attributes: { axis: 2 } },
    { inputs: [[2, 3, 4]], symbolic: true },
  ],
});
