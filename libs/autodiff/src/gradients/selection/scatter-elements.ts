import { int64 } from '@athanor/tensor';
import { defineGradient } from '../gradient.js';
import { scatterGradients } from './scatter-reduction.js';

export const gradient = defineGradient('ScatterElements', {
  backward: ({ g, inputs: { data, indices, updates }, outputs: [y], attributes: { axis, reduction }, wanted, dy }) =>
    scatterGradients({
      g,
      data,
      updates,
      y: y!,
      dy,
      reduction,
      wanted,
      scatter: (into, from, by) =>
        g.op('ScatterElements', [into, indices, from], { attributes: { axis, reduction: by } }),
      gather: from => g.op('GatherElements', [from, indices], { attributes: { axis } }),
    }),
  cases: [
    { inputs: [[3, 2], int64([2, 2], [2, 0, 1, -1]), [2, 2]] },
    { inputs: [[2, 3], int64([2, 2], [0, 0, -1, 2]), [2, 2]], attributes: { axis: 1, reduction: 'add' } },
    { inputs: [[2, 3], int64([2, 2], [0, 0, -1, 2]), [2, 2]], attributes: { axis: 1, reduction: 'mul' } },
    { inputs: [[2, 3], int64([2, 3], [0, 0, 1, -1, 2, 0]), [2, 3]], attributes: { axis: 1, reduction: 'max' } },
    { inputs: [[3, 2], int64([2, 2], [2, 0, 2, -1]), [2, 2]], attributes: { reduction: 'min' } },
  ],
});
