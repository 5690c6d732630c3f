import { int64 } from '@athanor/tensor';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('Trilu', {
  backward: ({ g, inputs: { k }, attributes: { upper }, dy }) => ({
    x: g.op('Trilu', k ? [dy, k] : [dy], { attributes: { upper } }),
  }),
  cases: [{ inputs: [[2, 3, 4]] }, { inputs: [[4, 3], int64([], [-1])], attributes: { upper: false } }],
});
