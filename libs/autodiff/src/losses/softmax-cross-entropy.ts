import { type GraphBuilder, int, type Value } from '@athanor/onnx';
import { tensor, zeros } from '@athanor/tensor';
import { cast, div, mul, neg, sub, sum } from '../emit.js';
import { GradientError } from '../errors.js';
import type { Loss } from './loss.js';

/**
 * Mean cross-entropy of logits [B, C] against class indices [B] INT32.
 * loss = -1/B Σ log softmax(z)[label],  d loss/dz = (softmax(z) - onehot) / B
 */
export const softmaxCrossEntropy: Loss = (g, logits, labels) => {
  const classes = logits.shape[1];
  if (logits.shape.length !== 2 || typeof classes !== 'number') {
    throw new GradientError(`logits must be [batch, classes], received [${logits.shape.join(',')}]`);
  }
  const rows = cast(g, g.op('Size', [labels]), logits.dtype);
  const logProbabilities = g.op('LogSoftmax', [logits]);
  const oneHot = cast(g, isClass(g, labels, classes), logits.dtype);
  const picked = sum(g, mul(g, logProbabilities, oneHot), [0, 1], false);
  const gradient = div(g, sub(g, g.op('Exp', [logProbabilities]), oneHot), rows);
  return {
    loss: neg(g, div(g, picked, rows)),
    seed: { value: logits, gradient },
    correct: countCorrect(g, logits, labels),
  };
};

// [B, C] BOOL: true at each row's class.
function isClass(g: GraphBuilder, labels: Value, classes: number): Value {
  const range = zeros('INT32', [1, classes]);
  const indices = tensor('INT32', range.shape, range.data.map((_, index) => index));
  return g.op('Equal', [g.op('Unsqueeze', [labels, g.axes([1])]), g.constant(indices, 'classes')]);
}

function countCorrect(g: GraphBuilder, logits: Value, labels: Value): Value {
  const predicted = g.op('ArgMax', [logits], { attributes: { axis: int(1), keepdims: int(0) } });
  const right = g.op('Equal', [cast(g, predicted, 'INT32'), labels]);
  return sum(g, cast(g, right, 'INT32'), [0], false);
}
