import type { GraphBuilder, Value } from '@athanor/onnx';
import { tensor } from '@athanor/tensor';
import { add, cast, mul, neg, scalar, scale, sub, sum } from '../emit.js';
import { GradientError } from '../errors.js';
import type { Loss } from './loss.js';

export interface CrossEntropyOptions {
  /** From 0 to 1: the share of each target that is spread evenly over all classes (Szegedy et al. 2016, §7). */
  readonly labelSmoothing?: number;
  /** Rows with this label do not count. */
  readonly ignoreIndex?: number;
}

/**
 * Cross-entropy of logits […, B, C] against class indices […, B] INT32: -Σ t log softmax(z) with the targets
 * t = (1 - s)·onehot + s/C.  d loss/dz = softmax(z) - t
 */
export function crossEntropy({ labelSmoothing = 0, ignoreIndex }: CrossEntropyOptions = {}): Loss {
  return {
    targets(g, labels, predictions) {
      const classes = predictions.shape.at(-1);
      if (typeof classes !== 'number') throw new GradientError('cross-entropy needs a fixed number of classes');
      const oneHot = cast(
        g,
        g.op('Equal', [g.op('Unsqueeze', [labels, g.axes([-1])]), classIndices(g, classes)]),
        'FP32',
      );
      if (labelSmoothing === 0) return oneHot;
      return add(g, scale(g, oneHot, 1 - labelSmoothing), scalar(g, 'FP32', labelSmoothing / classes));
    },
    rows: (g, logits, targets) => neg(g, sum(g, mul(g, g.op('LogSoftmax', [logits]), targets), [-1], false)),
    derivative: (g, logits, targets) => sub(g, g.op('Softmax', [logits]), targets),
    ...(ignoreIndex !== undefined && { counts: (g, labels) => cast(g, isOther(g, labels, ignoreIndex), 'FP32') }),
    correct(g, logits, labels) {
      const predicted = g.op('ArgMax', [logits], { attributes: { axis: -1, keepdims: false } });
      return cast(g, g.op('Equal', [cast(g, predicted, 'INT32'), labels]), 'INT32');
    },
  };
}

function classIndices(g: GraphBuilder, classes: number): Value {
  const indices = Int32Array.from({ length: classes }, (_, index) => index);
  return g.constant(tensor('INT32', [classes], indices), 'classes');
}

function isOther(g: GraphBuilder, labels: Value, index: number): Value {
  return g.op('Not', [g.op('Equal', [labels, g.constant(tensor('INT32', [], Int32Array.of(index)))])]);
}
