import { mean, mul, scalar, scale, sub } from '../emit.js';
import { isRight } from './binary-cross-entropy.js';
import type { Loss } from './loss.js';

/** For scores z […, B, D] and targets y of 0 and 1: 1/D Σ max(0, 1 - (2y - 1)·z) */
export const hinge: Loss = {
  rows(g, scores, targets) {
    const one = scalar(g, scores.dtype, 1);
    const sign = sub(g, scale(g, targets, 2), one);
    return mean(g, g.op('Relu', [sub(g, one, mul(g, sign, scores))]), [-1], false);
  },
  correct: isRight,
};
