import { describe, expect, it } from 'vitest';
import { Moments } from './moments.js';
import { modeOf, quantileOf, ValueBuffer, withRepeated } from './sorted-values.js';

function momentsOf(values: readonly number[]): Moments {
  const moments = new Moments();
  for (const value of values) moments.add(value);
  return moments;
}

describe('Moments', () => {
  it.each([
    ['ordinary values', [1, 2, 6], 3, Math.sqrt(14 / 3)],
    ['a small deviation beside a large mean', [1e15, 1e15 + 2], 1e15 + 1, 1],
    ['the largest numbers', [Number.MAX_VALUE, -Number.MAX_VALUE], 0, Number.MAX_VALUE],
    ['subnormal numbers', [2 ** -1074 * 8, 0], 2 ** -1074 * 4, 2 ** -1074 * 4],
    ['a large value after tiny ones', [1e-300, -1e-300, 1e300], 1e300 / 3, (1e300 * Math.SQRT2) / 3],
    ['tiny values after a large one', [1e300, 1e-300, -1e-300], 1e300 / 3, (1e300 * Math.SQRT2) / 3],
    ['values that grow by steps', [1, 2 ** 299, 2 ** 301], (5 / 3) * 2 ** 299, (Math.sqrt(26) / 3) * 2 ** 299],
    ['zeros first', [0, 0, 3e-200, -3e-200], 0, 3e-200 / Math.SQRT2],
    ['no values', [], 0, 0],
  ])('are those of %s', (_, values, mean, deviation) => {
    const moments = momentsOf(values);
    const unit = deviation === 0 ? 1 : deviation;
    expect((moments.mean() - mean) / unit).toBeCloseTo(0, 12);
    expect(moments.deviation() / unit).toBeCloseTo(deviation / unit, 12);
  });

  it('of a constant are exact', () => {
    const moments = momentsOf(new Array<number>(1000).fill(0.1));
    expect([moments.mean(), moments.deviation()]).toEqual([0.1, 0]);
  });

  it('take a value several times at once', () => {
    const moments = momentsOf([1, 2]);
    moments.add(6, 0, 3);
    const all = momentsOf([1, 2, 6, 6, 6]);
    expect(moments.mean()).toBeCloseTo(all.mean(), 12);
    expect(moments.deviation()).toBeCloseTo(all.deviation(), 12);
  });

  it('lose nothing over a million rows far from zero', () => {
    const moments = new Moments();
    for (let row = 0; row < 1_000_000; row++) moments.add(1e9 + (row % 2));
    expect(moments.mean()).toBe(1e9 + 0.5);
    expect(moments.deviation()).toBeCloseTo(0.5, 9);
  });
});

describe('sorted values', () => {
  it('have quantiles as numpy.quantile', () => {
    const sorted = Float64Array.of(1, 2, 4, 8);
    expect([0, 0.125, 0.5, 0.875, 1].map(share => quantileOf(sorted, share))).toEqual([1, 1.375, 3, 6.5, 8]);
    expect(quantileOf(Float64Array.of(-(2 ** 1023), 2 ** 1023), 0.75)).toBe(2 ** 1022);
  });

  it('have the smallest of their most frequent values as mode', () => {
    expect(modeOf(Float64Array.of(1, 2, 2, 3, 3))).toBe(2);
  });

  it('are kept in a buffer that grows', () => {
    const buffer = new ValueBuffer();
    for (let value = 3000; value > 0; value--) buffer.push(value);
    expect([...buffer.sorted()]).toEqual(Array.from({ length: 3000 }, (_, index) => index + 1));
  });

  it.each([
    [0, [0, 0, 1, 3]],
    [2, [1, 2, 2, 3]],
    [9, [1, 3, 9, 9]],
  ])('take %d twice', (value, expected) => {
    expect([...withRepeated(Float64Array.of(1, 3), value, 2)]).toEqual(expected);
  });
});
