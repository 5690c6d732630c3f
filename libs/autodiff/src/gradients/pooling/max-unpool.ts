import { int64 } from '@athanor/tensor';
import { reshapeLike } from '../../emit.js';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('MaxUnpool', {
  backward({ g, inputs: { x, indices }, dy }) {
    const flat = g.axes([-1]);
    const taken = g.op('Gather', [g.op('Reshape', [dy, flat]), g.op('Reshape', [indices, flat])]);
    return { x: reshapeLike(g, taken, x) };
  },
  cases: [
    {
      inputs: [[1, 1, 2, 2], int64([1, 1, 2, 2], [1, 3, 9, 15])],
      attributes: { kernel_shape: [2, 2], strides: [2, 2] },
    },
  ],
});
