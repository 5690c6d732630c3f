import { expect, test } from 'vitest';
import { classificationMetrics, denseConfusion } from './metrics.js';

// scikit-learn 1.9.1: accuracy_score, log_loss, precision_recall_fscore_support(zero_division=0), confusion_matrix.
const probabilities = Float32Array.from(
  [
    [0.7, 0.2, 0.1],
    [0.1, 0.8, 0.1],
    [0.3, 0.3, 0.4],
    [0.6, 0.3, 0.1],
    [0.2, 0.5, 0.3],
    [0.25, 0.5, 0.25],
    [0.1, 0.2, 0.7],
    [0.5, 0.4, 0.1],
  ].flat(),
);
const labels = Int32Array.of(0, 1, 2, 1, 1, 2, 2, 0);

test("metrics equal scikit-learn's", () => {
  const metrics = classificationMetrics(probabilities, labels, 3);
  expect(metrics.rows).toBe(8);
  expect(metrics.accuracy).toBe(0.75);
  expect(metrics.loss).toBeCloseTo(0.728668207769074, 12);
  expect(denseConfusion(metrics.confusion, 3)).toEqual([2, 0, 0, 1, 2, 0, 0, 1, 2]);
  expect(metrics.perClass.map(({ precision }) => precision)).toEqual([2 / 3, 2 / 3, 1]);
  expect(metrics.perClass.map(({ recall }) => recall)).toEqual([1, 2 / 3, 2 / 3]);
  expect(metrics.perClass.map(({ f1 }) => f1)).toEqual([0.8, 2 / 3, 0.8]);
  expect(metrics.perClass.map(({ support }) => support)).toEqual([2, 3, 3]);
  expect(metrics.macro.precision).toBeCloseTo(0.7777777777777777, 15);
  expect(metrics.macro.recall).toBeCloseTo(0.7777777777777777, 15);
  expect(metrics.macro.f1).toBeCloseTo(0.7555555555555555, 15);
  expect(metrics.weighted).toEqual({ precision: 0.7916666666666666, recall: 0.75, f1: 0.75 });
});

test('a class that is never predicted and one that never occurs count as zero', () => {
  const oneHot = Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0);
  const { perClass, macro, weighted } = classificationMetrics(oneHot, Int32Array.of(0, 1, 2), 4);
  expect(perClass.map(({ precision }) => precision)).toEqual([1, 0.5, 0, 0]);
  expect(macro).toEqual({ precision: 0.375, recall: 0.5, f1: 0.41666666666666663 });
  expect(weighted.f1).toBeCloseTo(0.5555555555555555, 15);
});

test('a probability of zero for the right class gives a finite loss', () => {
  expect(classificationMetrics(Float32Array.of(0, 1), Int32Array.of(0), 2).loss).toBeCloseTo(52 * Math.LN2, 9);
});

test('bug: without rows all metrics were zero', () => {
  expect(() => classificationMetrics(new Float32Array(), new Int32Array(), 2)).toThrow('at least one row');
});

test('bug: the confusion matrix grew with the square of the number of classes', () => {
  const classes = 20_000;
  const labels = Int32Array.of(7, 19_999);
  const probabilities = new Float32Array(labels.length * classes);
  labels.forEach((label, row) => {
    probabilities[row * classes + label] = 1;
  });
  expect(classificationMetrics(probabilities, labels, classes).confusion).toEqual([
    [7, 7, 1],
    [19_999, 19_999, 1],
  ]);
});
