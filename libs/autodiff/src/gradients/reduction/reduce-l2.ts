import { int64 } from '@athanor/tensor';
import { div, mul, scalar } from '../../emit.js';
import { defineGradient } from '../gradient.js';
import { spread } from './spread.js';

/** ‖x‖′ = x / ‖x‖; 0 where all elements are 0, as in PyTorch. */
export const gradient = defineGradient('ReduceL2', {
  backward(call) {
    const {
      g,
      inputs: { x },
      outputs: [y],
      dy,
    } = call;
    const norm = g.op('Max', [y, scalar(g, dy.dtype, 2 ** -126)]);
    return { x: mul(g, spread(call, div(g, dy, norm)), x) };
  },
  cases: [{ inputs: [[2, 3, 4], int64([1], [1])] }, { inputs: [[2, 3]], attributes: { keepdims: false } }],
});
