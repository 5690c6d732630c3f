import { int64 } from '@athanor/tensor';
import { div } from '../../emit.js';
import { defineGradient } from '../gradient.js';
import { spread } from './spread.js';

export const gradient = defineGradient('ReduceLogSum', {
  backward: call => ({ x: spread(call, div(call.g, call.dy, call.g.op('Exp', [call.outputs[0]]))) }),
  cases: [{ inputs: [[2, 3, 4], int64([1], [1])], range: [0.5, 3] }],
});
