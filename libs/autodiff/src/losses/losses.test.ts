import { GraphBuilder, toModel, writeModel } from '@athanor/onnx';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { pytorchReference } from '../training/pytorch-trajectory.testkit.js';
import { absoluteError } from './absolute-error.js';
import { lossGradient, lossMetrics, rowWeights } from './batch-loss.js';
import { binaryCrossEntropy } from './binary-cross-entropy.js';
import { crossEntropy } from './cross-entropy.js';
import { hinge } from './hinge.js';
import { huber } from './huber.js';
import { klDivergence } from './kl-divergence.js';
import type { Loss } from './loss.js';
import { squaredError } from './squared-error.js';

const losses = {
  crossEntropy: crossEntropy(),
  smoothedCrossEntropy: crossEntropy({ labelSmoothing: 0.1, ignoreIndex: 2 }),
  binaryCrossEntropy,
  squaredError,
  absoluteError,
  huber: huber(0.75),
  hinge,
  klDivergence,
};
type Batch = { shape: readonly [number, number]; predictions: readonly number[]; targets: readonly number[] };

async function evaluate(loss: Loss, { shape, predictions, targets }: Batch) {
  const classifies = loss.targets !== undefined;
  const g = new GraphBuilder('loss');
  const predicted = g.input('predictions', { dtype: 'FP32', shape: ['batch', shape[1]] });
  const labels = g.input('labels', classifies ? { dtype: 'INT32', shape: ['batch'] } : predicted);
  const targetsOf = loss.targets?.(g, labels, predicted) ?? labels;
  const weights = rowWeights(g, loss, labels, undefined);
  g.output(lossGradient(g, loss, predicted, { targets: targetsOf, weights }), 'gradient');
  const metrics = lossMetrics(g, loss, { predictions: predicted, targets: targetsOf, labels, weights });
  g.output(metrics.loss, 'loss');
  if (metrics.correct) g.output(metrics.correct, 'correct');
  const session = await ort.InferenceSession.create(writeModel(toModel(g.graph())), { logSeverityLevel: 3 });
  const results = await session.run({
    predictions: new ort.Tensor('float32', Float32Array.from(predictions), shape),
    labels: classifies
      ? new ort.Tensor('int32', Int32Array.from(targets), [shape[0]])
      : new ort.Tensor('float32', Float32Array.from(targets), shape),
  });
  await session.release();
  return {
    loss: (results.loss!.data as Float32Array)[0]!,
    gradient: results.gradient!.data as Float32Array,
    correct: results.correct?.data as Int32Array | undefined,
  };
}

test.each(Object.entries(losses))("%s and its gradient equal PyTorch's", async (name, loss) => {
  const expected = pytorchReference.losses[name]!;
  const received = await evaluate(loss, expected);
  expect(received.loss).toBeCloseTo(expected.loss, 5);
  expected.gradient.forEach((value, index) => {
    expect(received.gradient[index]).toBeCloseTo(value, 6);
  });
});

test('cross-entropy counts the rows whose largest logit is at the label', async () => {
  const batch = { shape: [3, 2], predictions: [1, 2, 5, 0, 0, 1], targets: [1, 1, 1] } as const;
  expect((await evaluate(losses.crossEntropy, batch)).correct).toEqual(Int32Array.of(2));
});

test('losses stay finite where a naive formula overflows', async () => {
  const wide = { shape: [1, 2], predictions: [1000, -1000], targets: [1] } as const;
  expect((await evaluate(losses.crossEntropy, wide)).loss).toBe(2000);
  expect((await evaluate(binaryCrossEntropy, { ...wide, targets: [0, 1] })).loss).toBe(1000);
});
