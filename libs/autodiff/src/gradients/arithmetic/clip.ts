import { scalar as scalarTensor } from '@athanor/tensor';
import { cast, mul } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** 1 between the limits, which are constants, and 0 on them: as torch.clamp and hardtanh have it in PyTorch 2.15. */
export const gradient = defineGradient('Clip', {
  backward({ g, inputs: { x, min, max }, dy }) {
    const tests = [min && g.op('Greater', [x, min]), max && g.op('Less', [x, max])];
    const inside = tests.filter(test => test !== undefined);
    if (inside.length === 0) return { x: dy };
    return { x: mul(g, dy, cast(g, inside.length === 2 ? g.op('And', inside) : inside[0]!, dy.dtype)) };
  },
  cases: [
    { inputs: [[4, 4], scalarTensor('FP64', -0.7), scalarTensor('FP64', 0.9)] },
    { inputs: [[4, 4], undefined, scalarTensor('FP64', 0.5)] },
  ],
});
