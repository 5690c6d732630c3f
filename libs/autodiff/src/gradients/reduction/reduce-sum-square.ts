import { int64 } from '@athanor/tensor';
import { mul, scale } from '../../emit.js';
import { defineGradient } from '../gradient.js';
import { spread } from './spread.js';

export const gradient = defineGradient('ReduceSumSquare', {
  backward: call => ({ x: mul(call.g, spread(call, scale(call.g, call.dy, 2)), call.inputs.x) }),
  cases: [{ inputs: [[2, 3, 4], int64([1], [1])] }, { inputs: [[2, 3]], attributes: { keepdims: false } }],
});
