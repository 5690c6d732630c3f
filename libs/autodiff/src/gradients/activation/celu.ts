import { add, mul, scalar, scale } from '../../emit.js';
import { GradientError } from '../../errors.js';
import { defineGradient } from '../gradient.js';

/** 1 where x is positive, else e^(x/α) = y/α + 1 */
export const gradient = defineGradient('Celu', {
  backward({ g, outputs: [y], attributes: { alpha }, dy }) {
    if (alpha <= 0) throw new GradientError(`Celu with alpha ${alpha}, expected more than 0`);
    const below = scale(g, g.op('Min', [y, scalar(g, dy.dtype, 0)]), 1 / alpha);
    return { x: mul(g, dy, add(g, below, scalar(g, dy.dtype, 1))) };
  },
  cases: [{ inputs: [[2, 5]] }, { inputs: [[2, 5]], attributes: { alpha: 0.5 } }],
});
