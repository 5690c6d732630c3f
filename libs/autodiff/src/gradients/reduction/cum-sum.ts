import { int64 } from '@athanor/tensor';
import { defineGradient } from '../gradient.js';

/** The sum over all results that an element is part of: from the other end. */
export const gradient = defineGradient('CumSum', {
  backward: ({ g, inputs: { axis }, attributes: { exclusive, reverse }, dy }) => ({
    x: g.op('CumSum', [dy, axis], { attributes: { exclusive, reverse: !reverse } }),
  }),
  cases: [
    { inputs: [[3, 4], int64([], [1])] },
    { inputs: [[3, 4], int64([], [0])], attributes: { exclusive: true, reverse: true } },
  ],
});
