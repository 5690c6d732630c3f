import { GraphBuilder, toModel, writeModel } from '@athanor/onnx';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { pytorchReference } from '../training/pytorch-trajectory.testkit.js';
import { binaryCrossEntropy } from './binary-cross-entropy.js';
import type { Loss } from './loss.js';
import { meanSquaredError } from './mean-squared-error.js';
import { softmaxCrossEntropy } from './softmax-cross-entropy.js';

const losses = { softmaxCrossEntropy, meanSquaredError, binaryCrossEntropy };
type Batch = { shape: readonly [number, number]; predictions: readonly number[]; targets: readonly number[] };

async function evaluate(loss: Loss, { shape, predictions, targets }: Batch, classifies: boolean) {
  const g = new GraphBuilder('loss');
  const predicted = g.input('predictions', { dtype: 'FP32', shape: ['batch', shape[1]] });
  const labels = g.input('labels', classifies ? { dtype: 'INT32', shape: ['batch'] } : predicted);
  const prepared = loss.targets(g, labels, predicted);
  g.output(loss.gradient(g, predicted, { targets: prepared }), 'gradient');
  const metrics = loss.metrics(g, { predictions: predicted, targets: prepared, labels });
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
  const expected = pytorchReference.losses[name as keyof typeof losses];
  const received = await evaluate(loss, expected, name === 'softmaxCrossEntropy');
  expect(received.loss).toBeCloseTo(expected.loss, 5);
  expected.gradient.forEach((value, index) => {
    expect(received.gradient[index]).toBeCloseTo(value, 6);
  });
});

test('cross-entropy counts the rows whose largest logit is at the label', async () => {
  const batch = { shape: [3, 2], predictions: [1, 2, 5, 0, 0, 1], targets: [1, 1, 1] } as const;
  expect((await evaluate(softmaxCrossEntropy, batch, true)).correct).toEqual(Int32Array.of(2));
});

test('losses stay finite where a naive formula overflows', async () => {
  const wide = { shape: [1, 2], predictions: [1000, -1000], targets: [1] } as const;
  expect((await evaluate(softmaxCrossEntropy, wide, true)).loss).toBe(2000);
  expect((await evaluate(binaryCrossEntropy, { ...wide, targets: [0, 1] }, false)).loss).toBe(1000);
});
