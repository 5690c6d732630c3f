import { expect, test } from 'vitest';
import { Meter } from '../meter.js';
import { Median } from './median.js';
import type { NumberBatch } from './number-batch.js';
import { REGRESSION_DETAILS } from './number-metrics.js';
import { Histogram } from './residuals.js';

const values = (count: number, factor = 1) => Array.from({ length: count }, (_, i) => Math.sin(i * i) * factor);

function histogramOf(numbers: readonly number[]) {
  const histogram = new Histogram();
  for (const number of numbers) histogram.add(number);
  return histogram;
}

test('a histogram has at most 64 bins, a power of two wide, with every value in its bin', () => {
  for (const factor of [1e-200, 1e-9, 1, 12_345, 1e200]) {
    const numbers = [...values(500, factor), 0, 3 * factor];
    const { from, width, counts } = histogramOf(numbers).end()!;
    expect(Number.isInteger(Math.log2(width))).toBe(true);
    expect(counts.length).toBeLessThanOrEqual(64);
    expect(counts.length).toBeGreaterThan(31);
    const expected = counts.map((_, i) => numbers.filter(each => Math.floor((each - from) / width) === i).length);
    expect(counts).toEqual(expected);
  }
});

test('a histogram does not depend on the order of the values, nor on merging', () => {
  const numbers = [...values(300, 5), 1e-8, -700, 1e-8];
  const expected = histogramOf(numbers).end();
  expect(histogramOf(numbers.toReversed()).end()).toEqual(expected);
  const merged = histogramOf(numbers.slice(0, 100));
  merged.merge(histogramOf(numbers.slice(100)));
  expect(merged.end()).toEqual(expected);
  expect(histogramOf([]).end()).toBeUndefined();
  expect(
    histogramOf([5, 5, Number.NaN, Number.POSITIVE_INFINITY])
      .end()!
      .counts.reduce((a, b) => a + b, 0),
  ).toBe(2);
});

test('above the number of values that are kept, the median is within 2^-12 of itself', () => {
  const numbers = values(10_001, 1e5).map(Math.abs);
  const startMedian = (limit: number, part: readonly number[]) => {
    const median = new Median(limit);
    for (const value of part) median.add(value);
    return median;
  };
  const exact = [...numbers].sort((a, b) => a - b)[5_000]!;
  expect(startMedian(1e6, numbers).value()).toBe(exact);
  for (const cut of [10, 100, 5_000]) {
    const merged = startMedian(100, numbers.slice(0, cut));
    merged.merge(startMedian(100, numbers.slice(cut)));
    expect(Math.abs(merged.value()! - exact) / exact).toBeLessThan(2 ** -12);
  }
});

test('at most 1,000 rows are sampled, the same ones for any batches', () => {
  const rows = 30_000;
  const batchOf = (begin: number, end: number): NumberBatch => ({
    ...{ rows: end - begin, targets: 2 },
    predictions: Float32Array.from({ length: 2 * (end - begin) }, (_, i) => 2 * begin + i),
    truth: Float64Array.from({ length: 2 * (end - begin) }, (_, i) => -(2 * begin + i)),
  });
  const sampleOf = (size: number) => {
    const meter = new Meter({ metrics: [], details: REGRESSION_DETAILS, width: 2 });
    for (let begin = 0; begin < rows; begin += size) meter.add(batchOf(begin, Math.min(begin + size, rows)));
    return meter.details().sample!;
  };
  const [first, second] = sampleOf(rows);
  expect(first!.truth).toHaveLength(1_000);
  expect(new Set(first!.truth).size).toBe(1_000);
  expect(first!.predictions).toEqual(first!.truth.map(value => -value));
  expect(second!.predictions).toEqual(first!.predictions.map(value => value + 1));
  // Spread over all rows: the mean of 1,000 positions of 30,000 is within five standard errors of the middle.
  const mean = first!.predictions.reduce((sum, value) => sum + value / 2, 0) / 1_000;
  expect(Math.abs(mean - rows / 2)).toBeLessThan((5 * rows) / Math.sqrt(12 * 1_000));
  expect(sampleOf(77)).toEqual([first, second]);
});
