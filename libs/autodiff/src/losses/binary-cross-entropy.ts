import { add, cast, div, mul, neg, scalar, sub, sum } from '../emit.js';
import type { Loss } from './loss.js';

/**
 * Mean binary cross-entropy of logits against targets in [0, 1], in the form that never overflows:
 * loss = 1/n Σ max(z, 0) - z·y + log(1 + e^-|z|),  d loss/dz = (σ(z) - y) / n
 */
export const binaryCrossEntropy: Loss = (g, logits, targets) => {
  const count = cast(g, g.op('Size', [logits]), logits.dtype);
  const decayed = g.op('Exp', [neg(g, g.op('Abs', [logits]))]);
  const softplus = g.op('Log', [add(g, scalar(g, logits.dtype, 1), decayed)]);
  const terms = add(g, sub(g, g.op('Relu', [logits]), mul(g, logits, targets)), softplus);
  const axes = logits.shape.map((_, axis) => axis);
  return {
    loss: div(g, sum(g, terms, axes, false), count),
    seed: { value: logits, gradient: div(g, sub(g, g.op('Sigmoid', [logits]), targets), count) },
  };
};
