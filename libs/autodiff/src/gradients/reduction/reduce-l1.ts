import { int64 } from '@athanor/tensor';
import { mul } from '../../emit.js';
import { defineGradient } from '../gradient.js';
import { spread } from './spread.js';

/** The sign, which is 0 at 0, as in PyTorch. */
export const gradient = defineGradient('ReduceL1', {
  backward: call => ({ x: mul(call.g, spread(call, call.dy), call.g.op('Sign', [call.inputs.x])) }),
  cases: [{ inputs: [[2, 3, 4], int64([1], [1])] }, { inputs: [[2, 3]], attributes: { keepdims: false } }],
});
