import { describe, expect, it } from 'vitest';
import { NumberAccumulator } from './number-accumulator.js';

function accumulate(data: readonly number[]): NumberAccumulator {
  const present = data.filter(value => !Number.isNaN(value));
  const accumulator = new NumberAccumulator({
    min: Math.min(...present, Number.POSITIVE_INFINITY),
    max: Math.max(...present, Number.NEGATIVE_INFINITY),
    count: present.length,
  });
  for (let begin = 0; begin < data.length; begin += 1000)
    accumulator.add(Float64Array.from(data.slice(begin, begin + 1000)));
  return accumulator;
}

describe('statistics of numbers', () => {
  it('are those of numpy', () => {
    // numpy.quantile, mean and std of [0, 1, 1, 2, 10]
    const accumulator = accumulate([0, 1, Number.NaN, 1, 2, 10]);
    const end = accumulator.end();
    expect(end).toMatchObject({ min: 0, max: 10, mean: 2.8, zeros: 1 });
    expect(end?.stdDev).toBeCloseTo(3.6551333764994136, 12);
    const at = (p: number) => end?.quantiles.values.find(each => each.p === p)?.value;
    expect([at(0.25), at(0.5), at(0.75)]).toEqual([1, 1, 2]);
    expect(at(0.9)).toBeCloseTo(6.8, 12);
    expect(accumulator.count).toBe(5);
    expect(accumulator.unique).toEqual({ count: 4, exact: true });
  });

  it('do not cancel a small deviation under a large mean', () => {
    const end = accumulate([1e9 + 1, 1e9 + 2, 1e9 + 3]).end();
    expect(end?.stdDev).toBeCloseTo(Math.sqrt(2 / 3), 9);
  });

  it('have a histogram with every value', () => {
    const end = accumulate(Array.from({ length: 2000 }, (_, index) => index)).end();
    expect(end?.histogram).toHaveLength(20);
    expect(end?.histogram.map(({ rows }) => rows)).toEqual(new Array(20).fill(100));
    expect(end?.histogram.at(-1)?.high).toBe(1999);
  });

  it('estimate quantiles and different values of many', () => {
    const accumulator = accumulate(Array.from({ length: 150_000 }, (_, index) => (index * 7919) % 150_000));
    expect(accumulator.end()?.quantiles.exact).toBe(false);
    expect(accumulator.end()?.quantiles.values.find(({ p }) => p === 0.5)?.value).toBeCloseTo(75_000, -4);
    expect(accumulator.unique.exact).toBe(false);
    expect(Math.abs(accumulator.unique.count / 150_000 - 1)).toBeLessThan(0.06);
  });

  it('are absent without values', () => {
    expect(new NumberAccumulator({ min: 0, max: 0, count: 0 }).end()).toBeUndefined();
  });
});
