import { tensor } from '@athanor/tensor';
import { describe, expect, test } from 'vitest';
import { taskOf } from '../engine/training-data.testkit.js';
import { startRankings } from '../metrics/ranking/rankings.js';
import { TASKS } from './tasks.js';
import { chooseThreshold } from './threshold.js';

function rank(scores: readonly number[], truth: readonly number[]) {
  const [ranking] = startRankings(1);
  for (const [row, score] of scores.entries()) ranking!.add(Math.fround(score), truth[row] === 1);
  return ranking!;
}

const figures = {
  f1: (scores: readonly number[], truth: readonly number[], threshold: number) => {
    const [hits, said, positives] = count(scores, truth, threshold);
    return (2 * hits) / (said + positives);
  },
  'balanced-accuracy': (scores: readonly number[], truth: readonly number[], threshold: number) => {
    const [hits, said, positives] = count(scores, truth, threshold);
    const negatives = truth.length - positives;
    return (hits / positives + (negatives - (said - hits)) / negatives) / 2;
  },
};

function count(scores: readonly number[], truth: readonly number[], threshold: number): [number, number, number] {
  const said = scores.map(score => Number(Math.fround(score) >= threshold));
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  return [sum(said.map((each, row) => each * truth[row]!)), sum(said), sum(truth)];
}

describe.each(['f1', 'balanced-accuracy'] as const)('the threshold with the best %s', rule => {
  test('is as good as the best of all possible ones', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const rows = 5 + seed;
      const scores = Array.from({ length: rows }, (_, row) => Math.round((Math.sin(seed * row * row) + 1) * 10) / 20);
      const truth = scores.map((score, row) => Number(score + Math.cos(seed + row) * 0.4 > 0.5));
      if (new Set(truth).size === 1) continue;
      const possible = [0, ...scores, 1].map(score => figures[rule](scores, truth, Math.fround(score)));
      const chosen = chooseThreshold(rule, rank(scores, truth))!;
      expect(chosen).toBe(Math.fround(chosen));
      const best = Math.max(...possible.filter(Number.isFinite));
      expect(figures[rule](scores, truth, chosen)).toBeCloseTo(best, 12);
    }
  });

  test('separates neighbouring FP32 numbers', () => {
    const [below, above] = [Math.fround(0.3), Math.fround(0.3) + 2 ** -25];
    const chosen = chooseThreshold(rule, rank([below, above], [0, 1]))!;
    expect([below >= chosen, above >= chosen]).toEqual([false, true]);
  });

  test('is not defined for rows of one class', () => {
    expect(chooseThreshold(rule, rank([0.2, 0.4], [1, 1]))).toBeUndefined();
    expect(chooseThreshold(rule, rank([0.2, 0.4], [0, 0]))).toBeUndefined();
  });
});

test('is halfway between two scores', () => {
  expect(chooseThreshold('f1', rank([0.125, 0.375, 0.625], [0, 1, 1]))).toBe(0.25);
});

describe('a task', () => {
  const columns = [{ name: 'y', type: { kind: 'number', dtype: 'FP64' }, role: 'target', nullable: false }] as const;
  const values = { kind: 'number', data: Float64Array.of(0, 0, 1) } as const;
  const bind = (threshold: number | string) =>
    TASKS.kinds.binary!.bind(taskOf('binary', { threshold }).parameters, { columns, train: [values], all: [values] });
  const scores = Float32Array.of(0.9, 0.1, 0.75, 0.25, 0.625, 0.375);
  const truth = tensor('INT32', [3], Int32Array.of(0, 0, 1));
  const accuracyOf = (task: ReturnType<typeof bind>) => {
    const meter = task.startMeter();
    meter.add(scores, truth);
    return meter.metrics()[0]!.value;
  };

  test('has the given threshold', () => {
    expect(bind(0.3).threshold).toEqual({ value: 0.3, source: 'given' });
    expect(bind(0.3).finish).toBeUndefined();
  });

  test('predicts by the threshold that is chosen after training', () => {
    const task = bind('f1');
    expect(task.threshold).toMatchObject({ value: 0.5 });
    const finished = task.finish!({ scores, truth });
    expect(finished.threshold).toEqual({ value: 0.3125, source: 'f1 on validation' });
    expect([accuracyOf(task), accuracyOf(finished)]).toEqual([2 / 3, 1]);
  });

  test('says so if there is nothing to choose by', () => {
    const without = bind('balanced-accuracy').finish!(undefined);
    expect(without.threshold).toEqual({ value: 0.5, source: 'default: there are no validation rows' });
    const one = { scores, truth: tensor('INT32', [3], Int32Array.of(0, 0, 0)) };
    expect(bind('f1').finish!(one).threshold).toEqual({
      value: 0.5,
      source: 'default: the validation rows are all positive, or all negative',
    });
  });
});
