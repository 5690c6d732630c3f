import { add, mul, scalar } from '../../emit.js';
import { GradientError } from '../../errors.js';
import { defineGradient } from '../gradient.js';
import { step } from './step.js';

/** 1 where x is positive, else αe^x = y + α, as in PyTorch. */
export const gradient = defineGradient('Elu', {
  backward({ g, inputs: { x }, outputs: [y], attributes: { alpha }, dy }) {
    if (alpha < 0) throw new GradientError(`Elu with alpha ${alpha}, expected 0 or more`);
    const below = g.op('Min', [y, scalar(g, dy.dtype, 0)]);
    return { x: mul(g, dy, add(g, below, step(g, x, { below: alpha, above: 1 }))) };
  },
  cases: [{ inputs: [[2, 5]] }, { inputs: [[2, 5]], attributes: { alpha: 1.5 } }],
});
