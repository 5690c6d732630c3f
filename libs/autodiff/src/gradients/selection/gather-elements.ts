import { int64 } from '@athanor/tensor';
import { zerosLike } from '../../emit.js';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('GatherElements', {
  backward: ({ g, inputs: { data, indices }, attributes: { axis }, dy }) => ({
    data: g.op('ScatterElements', [zerosLike(g, data), indices, dy], { attributes: { axis, reduction: 'add' } }),
  }),
  cases: [
    { inputs: [[3, 2], int64([2, 2], [2, 0, 2, -1])] },
    { inputs: [[2, 3], int64([2, 4], [0, 0, 2, 1, -1, 2, 2, 0])], attributes: { axis: 1 } },
  ],
});
