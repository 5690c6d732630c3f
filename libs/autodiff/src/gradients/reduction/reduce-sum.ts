import { int64 } from '@athanor/tensor';
import { defineGradient } from '../gradient.js';
import { spread } from './spread.js';

/** Each summand gets the gradient of the sum. */
export const gradient = defineGradient('ReduceSum', {
  backward: call => ({ x: spread(call, call.dy) }),
  cases: [
    { inputs: [[2, 3, 4], int64([1], [1])], attributes: { keepdims: false } },
    { inputs: [[2, 3, 4], int64([2], [-1, 0])] },
    { inputs: [[2, 3, 4]], attributes: { keepdims: false } },
  ],
});
