import { mul, scalar, sub, sum } from '../emit.js';
import type { Loss } from './loss.js';

/** Below any probability of interest; only keeps the logarithm of 0 finite, where it is multiplied by 0. */
const SMALLEST = 2 ** -126;

/** KL(t ‖ softmax(z)) = Σ t (log t - log softmax(z)) of target probabilities t and logits z, both […, B, C]. */
export const klDivergence: Loss = {
  rows(g, logits, targets) {
    const ofTargets = g.op('Log', [g.op('Max', [targets, scalar(g, targets.dtype, SMALLEST)])]);
    return sum(g, mul(g, targets, sub(g, ofTargets, g.op('LogSoftmax', [logits]))), [-1], false);
  },
};
