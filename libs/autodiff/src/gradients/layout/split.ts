import { int64 } from '@athanor/tensor';
import { zerosLike } from '../../emit.js';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('Split', {
  backward({ g, outputs, attributes: { axis }, outputGradients }) {
    const parts = outputs.map((output, index) => outputGradients[index] ?? zerosLike(g, output));
    return { x: g.op('Concat', parts, { attributes: { axis } }) };
  },
  cases: [
    { inputs: [[2, 6], int64([3], [1, 2, 3])], attributes: { axis: 1 }, outputs: 3 },
    { inputs: [[5, 2]], attributes: { num_outputs: 2 }, outputs: 2 },
  ],
});
