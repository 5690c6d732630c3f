import { describe, expect, test } from 'vitest';
import { denseConfusion } from './classification/confusion-matrix.js';
import type { Meter } from './meter.js';
import { type ReferenceCase, referenceCases, startMeter } from './reference-cases.testkit.js';

const CASES = referenceCases();
const rowsOf = ({ scores, width }: ReferenceCase) => scores.length / width;

function measured(reference: ReferenceCase): Meter<unknown> {
  const { meter, add } = startMeter(reference);
  add(0, rowsOf(reference));
  return meter;
}

const valuesOf = (meter: Meter<unknown>) =>
  Object.fromEntries(meter.metrics().map(({ name, value }) => [name, value] as const));

function expectClose(received: Readonly<Record<string, number>>, expected: Readonly<Record<string, number | null>>) {
  for (const [name, value] of Object.entries(expected)) {
    if (value === null) expect(received, name).not.toHaveProperty(name);
    else expect(Math.abs(received[name]! - value), name).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)));
  }
}

describe.each(CASES)('$family: $title', reference => {
  test("the metrics are scikit-learn's, and absent where they are not defined", () => {
    const received = valuesOf(measured(reference));
    const defined = Object.entries(reference.metrics).filter(([, value]) => value !== null);
    expect(Object.keys(received).sort()).toEqual(defined.map(([name]) => name).sort());
    expectClose(received, reference.metrics);
  });

  test('batches of any size, and merged parts, give the same', () => {
    const rows = rowsOf(reference);
    for (const size of [1, 7]) {
      const { meter, add } = startMeter(reference);
      const rest = startMeter(reference);
      const middle = Math.floor(rows / 3);
      for (let begin = 0; begin < middle; begin += size) add(begin, Math.min(begin + size, middle));
      for (let begin = middle; begin < rows; begin += size) rest.add(begin, Math.min(begin + size, rows));
      meter.merge(rest.meter);
      expectClose(valuesOf(meter), reference.metrics);
      expect(Object.keys(meter.details())).toEqual(Object.keys(measured(reference).details()));
    }
  });
});

describe.each(CASES.filter(({ confusion }) => confusion))('$family: $title', reference => {
  test("the confusion matrix and the reliability are scikit-learn's", () => {
    const { confusion, reliability, perClass } = measured(reference).details();
    expect(denseConfusion(confusion!, reference.width)).toEqual(reference.confusion);
    const support = perClass!.reduce((sum, each) => sum + each.support, 0);
    expect(support).toBe(rowsOf(reference));
    expect(reliability!.map(({ rows }) => rows)).toEqual(reference.reliability!.map(([rows]) => rows));
    for (const [index, [, predicted, observed]] of reference.reliability!.entries()) {
      const bin = reliability![index]!;
      expect(bin.predicted).toBeCloseTo(predicted, 12);
      expect(bin.observed).toBeCloseTo(observed, 12);
      expect(bin.predicted).toBeGreaterThanOrEqual(bin.lower);
      expect(bin.predicted).toBeLessThanOrEqual(bin.upper);
    }
  });
});

test.each(CASES.filter(({ roc }) => roc !== undefined))("$title: the ROC points are scikit-learn's", reference => {
  const { roc } = measured(reference).details();
  expect(roc?.map(([falsePositives]) => falsePositives)).toEqual(reference.roc?.[0]);
  expect(roc?.map(([, truePositives]) => truePositives)).toEqual(reference.roc?.[1]);
});

test('bug: the confusion matrix grew with the square of the number of classes', () => {
  const width = 20_000;
  const truth = [7, 19_999];
  const scores = new Array<number>(2 * width).fill(0);
  for (const [row, label] of truth.entries()) scores[row * width + label] = 1;
  const reference = { family: 'multiclass', title: '', width, threshold: 0.5, scores, truth, metrics: {} } as const;
  expect(measured(reference).details().confusion).toEqual([
    [7, 7, 1],
    [19_999, 19_999, 1],
  ]);
});

test('bug: without rows all metrics were zero', () => {
  for (const family of ['binary', 'multiclass', 'multilabel', 'regression'] as const) {
    const none = { family, title: '', width: 2, threshold: 0.5, scores: [], truth: [], metrics: {} };
    expect(
      startMeter(none)
        .meter.metrics()
        .filter(({ name }) => !name.endsWith('_macro')),
    ).toEqual([]);
  }
});

test('a metric of a prediction that is not a number is absent', () => {
  const row = { title: '', width: 2, threshold: 0.5, scores: [Number.NaN, Number.NaN], metrics: {} };
  const names = (family: ReferenceCase['family'], truth: number[]) =>
    measured({ family, ...row, truth })
      .metrics()
      .map(({ name }) => name);
  expect(names('regression', [1, 2])).toEqual([]);
  expect(names('multiclass', [1])).not.toContain('loss');
  expect(names('multilabel', [1, 0])).not.toContain('roc_auc_micro');
});
