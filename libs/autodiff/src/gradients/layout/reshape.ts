import { int64 } from '@athanor/tensor';
import { reshapeLike } from '../../emit.js';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('Reshape', {
  backward: ({ g, inputs: { x }, dy }) => ({ x: reshapeLike(g, dy, x) }),
  cases: [{ inputs: [[2, 6], int64([2], [3, -1])] }],
});
