import { int64 } from '@athanor/tensor';
import { reshapeLike } from '../../emit.js';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('Squeeze', {
  backward: ({ g, inputs: { x }, dy }) => ({ x: reshapeLike(g, dy, x) }),
  cases: [{ inputs: [[2, 1, 3, 1], int64([2], [1, -1])] }],
});
