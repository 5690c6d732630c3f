import { scalar as scalarTensor } from '@athanor/tensor';
import { cast, mul } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** The subgradient is 1 on the closed interval, as in PyTorch. Limits are constants. */
export const gradient = defineGradient('Clip', {
  backward({ g, inputs: { x, min, max }, dy }) {
    const inside = [min && g.op('GreaterOrEqual', [x, min]), max && g.op('LessOrEqual', [x, max])];
    const masks = inside.filter(mask => mask !== undefined);
    return { x: masks.reduce((gradient, mask) => mul(g, gradient, cast(g, mask, gradient.dtype)), dy) };
  },
  cases: [
    { inputs: [[4, 4], scalarTensor('FP64', -0.7), scalarTensor('FP64', 0.9)] },
    { inputs: [[4, 4], undefined, scalarTensor('FP64', 0.5)] },
  ],
});
