import { describe, expect, test } from 'vitest';
import { randomWords } from '../../engine/philox.js';
import { averagePrecision, rocArea } from './areas.js';
import { Ranking, type RankingLimits } from './ranking.js';
import { limitsOf } from './rankings.js';
import { rocPoints } from './roc-points.js';
import { fromKey, MAX_KEY, toKey } from './score-key.js';

const EXACT: RankingLimits = { exactRows: 1e9, bins: 2 ** 20 };
const BINNED: RankingLimits = { exactRows: 100, bins: 2 ** 20 };

/** A model that is sure: probabilities pile up at 0 and at 1. */
function rows(count: number): { score: number; isPositive: boolean }[] {
  const random = randomWords(5, 9, 0);
  const uniform = () => (random.next() + 0.5) / 2 ** 32;
  return Array.from({ length: count }, () => {
    const isPositive = uniform() < 0.4;
    const logit = (isPositive ? 4 : -4) + 12 * (uniform() + uniform() + uniform() - 1.5);
    return { score: Math.fround(1 / (1 + Math.exp(-logit))), isPositive };
  });
}

function ranked(limits: RankingLimits, all: ReturnType<typeof rows>): Ranking {
  const ranking = new Ranking(limits);
  for (const { score, isPositive } of all) ranking.add(score, isPositive);
  return ranking;
}

test('keys keep the order of probabilities, and tell all FP32 numbers apart', () => {
  const ascending = [0, 1e-45, 1e-30, 0.1, 0.25, 0.49999997, 0.5, 0.50000006, 0.9, 0.99999994, 1];
  const keys = ascending.map(value => toKey(Math.fround(value)));
  expect(keys).toEqual([...new Set(keys)].sort((a, b) => a - b));
  expect(keys.map(fromKey)).toEqual(ascending.map(Math.fround));
  expect([toKey(-1), toKey(-0), toKey(2)]).toEqual([0, 0, MAX_KEY]);
});

describe('above the number of rows that are kept', () => {
  const all = rows(200_000);
  const [exact, binned] = [ranked(EXACT, all), ranked(BINNED, all)];

  test('the area under the ROC curve is within half the share of pairs whose order is unknown', () => {
    const bound = binned.tiedPairs() / 2;
    expect(bound).toBeLessThan(1e-4);
    expect(Math.abs(rocArea(binned)! - rocArea(exact)!)).toBeLessThanOrEqual(bound);
  });

  test('average precision is close', () => {
    expect(averagePrecision(binned)!).toBeCloseTo(averagePrecision(exact)!, 4);
  });

  test('ties stay ties: with few distinct scores nothing is lost', () => {
    const few = all.map(({ score, isPositive }) => ({ score: Math.round(score * 32) / 32, isPositive }));
    expect(rocArea(ranked(BINNED, few))).toBe(rocArea(ranked(EXACT, few)));
    expect(averagePrecision(ranked(BINNED, few))).toBe(averagePrecision(ranked(EXACT, few)));
  });

  test('merged parts give the same, whether they are exact or binned', () => {
    for (const first of [10, 60, 1_000]) {
      for (const [a, b] of [
        [all.slice(0, first), all.slice(first, 2_000)],
        [all.slice(first, 2_000), all.slice(0, first)],
      ]) {
        const merged = ranked(BINNED, a!);
        merged.merge(ranked(BINNED, b!));
        expect(rocArea(merged)).toBe(rocArea(ranked(BINNED, all.slice(0, 2_000))));
      }
    }
  });
});

test('with too many classes for a histogram nothing is reported', () => {
  const ranking = ranked({ ...limitsOf(5_000), exactRows: 2 }, rows(10));
  expect([rocArea(ranking), averagePrecision(ranking), rocPoints(ranking)]).toEqual([undefined, undefined, undefined]);
});

test('of many points at most 200 are kept, from corner to corner and in order', () => {
  const points = rocPoints(ranked(EXACT, rows(5_000)))!;
  expect(points.length).toBeLessThanOrEqual(200);
  expect(points.length).toBeGreaterThan(100);
  expect([points[0]!.slice(0, 2), points.at(-1)!.slice(0, 2)]).toEqual([
    [0, 0],
    [1, 1],
  ]);
  for (const [index, [falsePositives, truePositives, threshold]] of points.entries()) {
    const before = points[index - 1] ?? [0, 0, 1];
    expect(falsePositives).toBeGreaterThanOrEqual(before[0]);
    expect(truePositives).toBeGreaterThanOrEqual(before[1]);
    expect(threshold).toBeLessThanOrEqual(before[2]);
  }
});
