import type { GraphBuilder, Value } from '@athanor/onnx';
import { add, cast, mean, mul, neg, scalar, sub } from '../emit.js';
import type { Loss } from './loss.js';
import { perElement } from './per-element.js';

/**
 * Binary cross-entropy of logits against targets in [0, 1], both […, B, D], in the form that never overflows:
 * 1/D Σ max(z, 0) - z·y + log(1 + e^-|z|),  d loss/dz = (σ(z) - y) / D
 */
export const binaryCrossEntropy: Loss = {
  rows(g, logits, targets) {
    const decayed = g.op('Exp', [neg(g, g.op('Abs', [logits]))]);
    const softplus = g.op('Log', [add(g, scalar(g, logits.dtype, 1), decayed)]);
    return mean(g, add(g, sub(g, g.op('Relu', [logits]), mul(g, logits, targets)), softplus), [-1], false);
  },
  derivative: (g, logits, targets) => perElement(g, sub(g, g.op('Sigmoid', [logits]), targets)),
  correct: isRight,
};

/** Whether all labels of a row are right; a positive logit predicts a label. */
export function isRight(g: GraphBuilder, logits: Value, labels: Value): Value {
  const predicted = cast(g, g.op('Greater', [logits, scalar(g, logits.dtype, 0)]), logits.dtype);
  const equal = cast(g, g.op('Equal', [predicted, labels]), 'INT32');
  return g.op('ReduceMin', [equal, g.axes([-1])], { attributes: { keepdims: false } });
}
