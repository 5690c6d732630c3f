import { GraphBuilder, toModel, writeModel } from '@athanor/onnx';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { cast } from '../emit.js';
import { absoluteError } from './absolute-error.js';
import { lossGradient, lossMetrics, rowWeights } from './batch-loss.js';
import { binaryCrossEntropy } from './binary-cross-entropy.js';
import { crossEntropy } from './cross-entropy.js';
import { hinge } from './hinge.js';
import { huber } from './huber.js';
import { klDivergence } from './kl-divergence.js';
import type { Loss } from './loss.js';
import { squaredError } from './squared-error.js';

interface Batch {
  readonly rows: number;
  readonly predictions: readonly number[];
  readonly labels: readonly number[];
  readonly weights?: readonly number[];
}

const WIDTH = 3;
const LOSSES: readonly (readonly [string, Loss, labels: (row: number) => number[]])[] = [
  ['cross-entropy', crossEntropy(), row => [row % WIDTH]],
  ['smoothed cross-entropy', crossEntropy({ labelSmoothing: 0.2, ignoreIndex: 2 }), row => [row % WIDTH]],
  ['squared error', squaredError, row => [row / 2 - 1, 0.5, -row]],
  ['absolute error', absoluteError, row => [row / 2 - 1, 0.5, -row]],
  ['huber', huber(0.7), row => [row / 2 - 1, 0.5, -row]],
  ['hinge', hinge, row => [row % 2, 1, 0]],
  ['KL divergence', klDivergence, row => [0.5, 0.25 + row / 100, 0.25 - row / 100]],
  ['binary cross-entropy', binaryCrossEntropy, row => [row % 2, 1, 0.25]],
];

/** Loss and gradient in FP64; one-hot targets of classes are FP32 in training, so they are cast here. */
async function evaluate(loss: Loss, batch: Batch) {
  const g = new GraphBuilder('loss');
  const isClass = loss.targets !== undefined;
  const predictions = g.input('predictions', { dtype: 'FP64', shape: ['batch', WIDTH] });
  const labels = isClass ? g.input('labels', { dtype: 'INT32', shape: ['batch'] }) : g.input('labels', predictions);
  const given = batch.weights && g.input('weights', { dtype: 'FP64', shape: ['batch'] });
  const counts = rowWeights(g, { ...loss, rows: loss.rows }, labels, given && cast(g, given, 'FP32'));
  const weights = counts && cast(g, counts, 'FP64');
  const prepared = loss.targets?.(g, labels, predictions) ?? labels;
  const targets = isClass ? cast(g, prepared, 'FP64') : prepared;
  g.output(lossGradient(g, loss, predictions, { targets, weights }), 'gradient');
  g.output(lossMetrics(g, loss, { predictions, targets, labels, weights }).loss, 'loss');
  const session = await ort.InferenceSession.create(writeModel(toModel(g.graph())), { logSeverityLevel: 3 });
  const { rows } = batch;
  const wide = (values: readonly number[]) => new ort.Tensor('float64', Float64Array.from(values), [rows, WIDTH]);
  const results = await session.run({
    predictions: wide(batch.predictions),
    labels: isClass ? new ort.Tensor('int32', Int32Array.from(batch.labels), [rows]) : wide(batch.labels),
    ...(batch.weights && { weights: new ort.Tensor('float64', Float64Array.from(batch.weights), [rows]) }),
  });
  await session.release();
  return { loss: (results.loss!.data as Float64Array)[0]!, gradient: [...(results.gradient!.data as Float64Array)] };
}

const predictionsOf = (rows: number) => Array.from({ length: rows * WIDTH }, (_, i) => Math.sin(3 * i + 1) * 2);

describe.each(LOSSES)('weighted %s', (_, loss, labelsOf) => {
  const rows = 5;
  const predictions = predictionsOf(rows);
  const labels = Array.from({ length: rows }, (_, row) => labelsOf(row)).flat();
  const weights = [0.5, 2, 0, 7.25, 1];

  test('its gradient equals central differences of its value', async () => {
    const { gradient } = await evaluate(loss, { rows, predictions, labels, weights });
    const step = 1e-6;
    for (const [index, received] of gradient.entries()) {
      const moved = (by: number) =>
        evaluate(loss, { rows, predictions: predictions.with(index, predictions[index]! + by), labels, weights });
      const numeric = ((await moved(step)).loss - (await moved(-step)).loss) / (2 * step);
      expect(Math.abs(received - numeric)).toBeLessThan(1e-8);
    }
  });

  test('a row of weight 3 counts as three rows, one of weight 0 as none', async () => {
    const weighted = await evaluate(loss, { rows, predictions, labels, weights: [1, 3, 0, 1, 2] });
    const order = [0, 1, 1, 1, 3, 4, 4];
    const perRow = labels.length / rows;
    const repeated = await evaluate(loss, {
      rows: order.length,
      predictions: order.flatMap(row => predictions.slice(row * WIDTH, (row + 1) * WIDTH)),
      labels: order.flatMap(row => labels.slice(row * perRow, (row + 1) * perRow)),
    });
    expect(weighted.loss).toBeCloseTo(repeated.loss, 12);
    const summed = new Array<number>(rows * WIDTH).fill(0);
    for (const [position, row] of order.entries())
      for (let i = 0; i < WIDTH; i++) summed[row * WIDTH + i]! += repeated.gradient[position * WIDTH + i]!;
    for (const [index, value] of summed.entries()) expect(weighted.gradient[index]).toBeCloseTo(value, 12);
  });

  test('equal weights of any size are no weights', async () => {
    const plain = await evaluate(loss, { rows, predictions, labels });
    const weighted = await evaluate(loss, { rows, predictions, labels, weights: weights.map(() => 1e6) });
    expect(weighted.loss).toBeCloseTo(plain.loss, 12);
    for (const [index, value] of plain.gradient.entries()) expect(weighted.gradient[index]).toBeCloseTo(value, 12);
  });

  test('a batch of rows without weight has no loss and no gradient', async () => {
    const { loss: value, gradient } = await evaluate(loss, {
      rows,
      predictions,
      labels,
      weights: weights.map(() => 0),
    });
    expect(Math.abs(value)).toBe(0);
    expect(gradient.map(Math.abs)).toEqual(gradient.map(() => 0));
  });
});
