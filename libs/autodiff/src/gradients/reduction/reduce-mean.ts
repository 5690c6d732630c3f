import { int64 } from '@athanor/tensor';
import { defineGradient } from '../gradient.js';
import { divideByCount, reducedAxes, spread } from './spread.js';

export const gradient = defineGradient('ReduceMean', {
  backward: call => ({
    x: divideByCount(call.g, spread(call, call.dy), { of: call.inputs.x, axes: reducedAxes(call) }),
  }),
  cases: [
    { inputs: [[2, 3, 4], int64([1], [1])], attributes: { keepdims: false } },
    { inputs: [[2, 3, 4], int64([2], [0, 2])] },
    { inputs: [[2, 3, 4]] },
    { inputs: [[3, 4], int64([1], [0])], symbolic: true },
  ],
});
