import { tensor } from '@athanor/tensor';
import { describe, expect, it } from 'vitest';
import { readScores } from './imported-scores.js';

const fp32 = (shape: number[], ...values: number[]) => tensor('FP32', shape, Float32Array.from(values));
const scores = (kind: 'KIND_UNSPECIFIED' | 'KIND_LOGITS', ...classes: string[]) => ({ output: 'p', kind, classes });
const two = { rows: 2, width: 2, firstRow: 64 };

describe('the output of an imported model', () => {
  it('is taken as it is for numbers, also of double precision', () => {
    const prices = tensor('FP64', [2], Float64Array.of(1.5, -2));
    expect([...readScores(prices, scores('KIND_UNSPECIFIED'), { ...two, width: 1 })]).toEqual([1.5, -2]);
  });

  it('is the softmax of logits, without overflow', () => {
    const logits = fp32([2, 3], 1, 2, 3, 1000, 0, 1001);
    const found = readScores(logits, scores('KIND_LOGITS', 'a', 'b', 'c'), { ...two, width: 3 });
    // exp(1), exp(2), exp(3) over their sum; 1 / (1 + e) and e / (1 + e).
    const expected = [
      0.09003057317038046, 0.24472847105479764, 0.6652409557748218, 0.2689414213699951, 0, 0.7310585786300049,
    ];
    for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, 6);
  });

  it('is two probabilities for one value and two classes', () => {
    const single = readScores(fp32([2, 1], 0.25, 1), scores('KIND_UNSPECIFIED', 'no', 'yes'), two);
    expect([...single]).toEqual([0.75, 0.25, 0, 1]);
    const logit = readScores(fp32([2], 0, 2), scores('KIND_LOGITS', 'no', 'yes'), two);
    expect(logit[1]).toBe(0.5);
    expect(logit[3]).toBeCloseTo(0.8807970779778823, 6);
  });

  it('bug: votes of ten trees, whose float32 sum is above 1, were refused as no probabilities', () => {
    const votes = Array.from({ length: 10 }).reduce((sum: number) => Math.fround(sum + Math.fround(0.1)), 0);
    expect(votes).toBeGreaterThan(1);
    const read = (...classes: string[]) => scores('KIND_UNSPECIFIED', ...classes);
    expect([...readScores(fp32([2, 2], votes, 0, 0.5, 0.5), read('a', 'b'), two)]).toEqual([1, 0, 0.5, 0.5]);
    expect([...readScores(fp32([2, 1], votes, 0.5), read('no', 'yes'), two)]).toEqual([0, 1, 0.5, 0.5]);
  });

  it('is refused without advice about logits if it is not a number, as for a missing value', () => {
    const read = () => readScores(fp32([2, 2], 1, 0, Number.NaN, 0.5), scores('KIND_UNSPECIFIED', 'a', 'b'), two);
    expect(read).toThrow(/row 65 of the output 'p' is not finite: NaN, 0.5; .*missing value/);
  });

  it.each([
    ['a sum', [0.5, 0.5, 0.7, 0.7], /row 65 .* 'p' is not probabilities of the classes: 0.7, 0.7; if they are logits/],
    ['a negative value', [-0.1, 1.1, 0.5, 0.5], /row 64 /],
  ])('is refused if rows are not probabilities: %s', (_, values, message) => {
    expect(() => readScores(fp32([2, 2], ...values), scores('KIND_UNSPECIFIED', 'a', 'b'), two)).toThrow(message);
  });

  it.each([
    ['fewer rows', fp32([1, 2], 0.5, 0.5)],
    ['the batch on another axis', fp32([4, 1], 0, 1, 0, 1)],
    ['another type', tensor('INT64', [2, 2], BigInt64Array.of(0n, 1n, 1n, 0n))],
    ['no output', undefined],
  ])('is refused with %s', (_, output) => {
    const read = () => readScores(output, scores('KIND_UNSPECIFIED', 'a', 'b'), two);
    expect(read).toThrow(/expected the output 'p' as \[2,2\] numbers, got/);
  });
});
