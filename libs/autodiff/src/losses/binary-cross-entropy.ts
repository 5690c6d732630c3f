import type { GraphBuilder, Value } from '@athanor/onnx';
import { add, cast, div, mul, neg, scalar, sub, sum } from '../emit.js';
import { elementsPerRow } from './elements-per-row.js';
import type { Loss } from './loss.js';
import { meanOfElements, weighRows } from './weighting.js';

/**
 * Mean binary cross-entropy of logits against targets in [0, 1], both […, B, D], in the form that never overflows:
 * loss = 1/(BD) Σ max(z, 0) - z·y + log(1 + e^-|z|),  d loss/dz = (σ(z) - y) / (BD)
 */
export const binaryCrossEntropy: Loss = {
  targets: (_, labels) => labels,
  gradient(g, logits, { targets, weights }) {
    const derivative = () => sub(g, g.op('Sigmoid', [logits]), targets);
    if (weights !== undefined) return weighRows(g, div(g, derivative(), elementsPerRow(g, logits)), weights);
    const count = cast(g, g.op('Size', [logits]), logits.dtype);
    return div(g, derivative(), count);
  },
  metrics(g, { predictions: logits, targets, weights }) {
    const decayed = g.op('Exp', [neg(g, g.op('Abs', [logits]))]);
    const softplus = g.op('Log', [add(g, scalar(g, logits.dtype, 1), decayed)]);
    const terms = add(g, sub(g, g.op('Relu', [logits]), mul(g, logits, targets)), softplus);
    return { loss: meanOfElements(g, terms, weights), correct: countCorrect(g, logits, targets) };
  },
};

/** Rows whose labels are all right; a positive logit predicts a label. */
function countCorrect(g: GraphBuilder, logits: Value, targets: Value): Value {
  const predicted = cast(g, g.op('Greater', [logits, scalar(g, logits.dtype, 0)]), logits.dtype);
  const isRight = cast(g, g.op('Equal', [predicted, targets]), 'INT32');
  const rows = g.op('ReduceMin', [isRight, g.axes([-1])], { attributes: { keepdims: false } });
  return sum(g, rows, [-1], false);
}
