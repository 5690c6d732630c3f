import { add, mul, scalar } from '../../emit.js';
import { GradientError } from '../../errors.js';
import { defineGradient } from '../gradient.js';
import { step } from './step.js';

/** γ where x is positive, else γαe^x = y + γα, as in PyTorch. */
export const gradient = defineGradient('Selu', {
  backward({ g, inputs: { x }, outputs: [y], attributes: { alpha, gamma }, dy }) {
    if (alpha < 0 || gamma < 0) throw new GradientError(`Selu with alpha ${alpha} and gamma ${gamma}`);
    const below = g.op('Min', [y, scalar(g, dy.dtype, 0)]);
    return { x: mul(g, dy, add(g, below, step(g, x, { below: gamma * alpha, above: gamma }))) };
  },
  cases: [{ inputs: [[2, 5]] }, { inputs: [[2, 5]], attributes: { alpha: 1.5, gamma: 0.5 } }],
});
