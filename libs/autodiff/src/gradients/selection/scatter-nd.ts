import { int64 } from '@athanor/tensor';
import { defineGradient } from '../gradient.js';
import { scatterGradients } from './scatter-reduction.js';

export const gradient = defineGradient('ScatterND', {
  backward: ({ g, inputs: { data, indices, updates }, outputs: [y], attributes: { reduction }, wanted, dy }) =>
    scatterGradients({
      g,
      data,
      updates,
      y: y!,
      dy,
      reduction,
      wanted,
      scatter: (into, from, by) => g.op('ScatterND', [into, indices, from], { attributes: { reduction: by } }),
      gather: from => g.op('GatherND', [from, indices]),
    }),
  cases: [
    { inputs: [[4, 2], int64([2, 1], [3, -4]), [2, 2]] },
    { inputs: [[2, 3], int64([3, 2], [0, 0, 1, 2, 1, 2]), [3]], attributes: { reduction: 'add' } },
    { inputs: [[2, 3], int64([3, 2], [0, 0, 1, 2, 1, 2]), [3]], attributes: { reduction: 'mul' } },
    { inputs: [[3, 2], int64([3, 1], [1, 2, 1]), [3, 2]], attributes: { reduction: 'max' } },
    { inputs: [[3, 2], int64([3, 1], [1, 2, 1]), [3, 2]], attributes: { reduction: 'min' } },
  ],
});
