import { broadcastLike, scale } from '../../emit.js';
import { spatialSizes } from '../convolution/geometry.js';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('GlobalAveragePool', {
  backward({ g, inputs: { x }, dy }) {
    const count = spatialSizes(x).reduce((a, b) => a * b, 1);
    return { x: broadcastLike(g, scale(g, dy, 1 / count), x) };
  },
  cases: [{ inputs: [[2, 3, 4, 2]] }, { inputs: [[2, 3, 4]], symbolic: true }],
});
