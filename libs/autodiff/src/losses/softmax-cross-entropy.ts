import type { GraphBuilder, Value } from '@athanor/onnx';
import { tensor } from '@athanor/tensor';
import { cast, div, mul, neg, sub, sum } from '../emit.js';
import { GradientError } from '../errors.js';
import type { Loss } from './loss.js';
import { meanOfRows, weighRows } from './weighting.js';

/**
 * Mean cross-entropy of logits […, B, C] against class indices […, B] INT32.
 * loss = -1/B Σ log softmax(z)[label],  d loss/dz = (softmax(z) - onehot) / B
 */
export const softmaxCrossEntropy: Loss = {
  targets(g, labels, predictions) {
    const classes = predictions.shape.at(-1);
    if (typeof classes !== 'number') throw new GradientError('softmax cross-entropy needs a fixed number of classes');
    const indices = tensor(
      'INT32',
      [classes],
      Int32Array.from({ length: classes }, (_, index) => index),
    );
    const isClass = g.op('Equal', [g.op('Unsqueeze', [labels, g.axes([-1])]), g.constant(indices, 'classes')]);
    return cast(g, isClass, 'FP32');
  },

  gradient(g, logits, { targets: oneHot, weights }) {
    const ofRow = sub(g, g.op('Softmax', [logits]), oneHot);
    return weights === undefined ? div(g, ofRow, rowCount(g, logits)) : weighRows(g, ofRow, weights);
  },

  metrics(g, { predictions, targets, labels, weights }) {
    const logLikelihood = sum(g, mul(g, g.op('LogSoftmax', [predictions]), targets), [-1], false);
    return { loss: neg(g, meanOfRows(g, logLikelihood, weights)), correct: countCorrect(g, predictions, labels) };
  },
};

function rowCount(g: GraphBuilder, logits: Value): Value {
  const rows = g.op('Gather', [g.op('Shape', [logits]), g.constant(tensor('INT64', [], BigInt64Array.of(0n)))]);
  return cast(g, rows, logits.dtype);
}

function countCorrect(g: GraphBuilder, logits: Value, labels: Value): Value {
  const predicted = g.op('ArgMax', [logits], { attributes: { axis: -1, keepdims: false } });
  return sum(g, cast(g, g.op('Equal', [cast(g, predicted, 'INT32'), labels]), 'INT32'), [-1], false);
}
