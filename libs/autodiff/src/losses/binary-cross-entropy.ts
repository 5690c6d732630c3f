import { add, cast, div, mean, mul, neg, scalar, sub } from '../emit.js';
import type { Loss } from './loss.js';

/**
 * Mean binary cross-entropy of logits against targets in [0, 1], both […, B, D], in the form that never overflows:
 * loss = 1/(BD) Σ max(z, 0) - z·y + log(1 + e^-|z|),  d loss/dz = (σ(z) - y) / (BD)
 */
export const binaryCrossEntropy: Loss = {
  targets: (_, labels) => labels,
  gradient(g, logits, targets) {
    const count = cast(g, g.op('Size', [logits]), logits.dtype);
    return div(g, sub(g, g.op('Sigmoid', [logits]), targets), count);
  },
  metrics(g, { predictions: logits, targets }) {
    const decayed = g.op('Exp', [neg(g, g.op('Abs', [logits]))]);
    const softplus = g.op('Log', [add(g, scalar(g, logits.dtype, 1), decayed)]);
    const terms = add(g, sub(g, g.op('Relu', [logits]), mul(g, logits, targets)), softplus);
    return { loss: mean(g, terms, [-2, -1]) };
  },
};
