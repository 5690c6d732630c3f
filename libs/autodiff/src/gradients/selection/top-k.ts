import { int64 } from '@athanor/tensor';
import { zerosLike } from '../../emit.js';
import { GradientError } from '../../errors.js';
import { defineGradient } from '../gradient.js';

/** To the positions that were taken. */
export const gradient = defineGradient('TopK', {
  backward: ({ g, inputs: { x }, outputs: [, positions], attributes: { axis }, dy }) => {
    if (!positions) throw new GradientError('TopK without its output of indices');
    return { x: g.op('ScatterElements', [zerosLike(g, x), positions, dy], { attributes: { axis } }) };
  },
  cases: [
    { inputs: [[3, 5], int64([1], [2])], outputs: 2 },
    { inputs: [[4, 3], int64([1], [3])], attributes: { axis: 0, largest: false }, outputs: 2 },
  ],
});
