import { int64 } from '@athanor/tensor';
import { mul, sub } from '../../emit.js';
import { defineGradient } from '../gradient.js';
import { spread } from './spread.js';

/** The softmax. */
export const gradient = defineGradient('ReduceLogSumExp', {
  backward(call) {
    const {
      g,
      inputs: { x },
      outputs: [y],
      dy,
    } = call;
    return { x: mul(g, spread(call, dy), g.op('Exp', [sub(g, x, spread(call, y!))])) };
  },
  cases: [{ inputs: [[2, 3, 4], int64([1], [1])] }, { inputs: [[2, 3]], attributes: { keepdims: false } }],
});
