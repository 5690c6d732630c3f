import { int64 } from '@athanor/tensor';
import { unbroadcast } from '../../unbroadcast.js';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('Expand', {
  backward: ({ g, inputs: { x }, dy }) => ({ x: unbroadcast(g, dy, x) }),
  cases: [{ inputs: [[3, 1], int64([3], [2, 3, 4])] }],
});
