import { describe, expect, test } from 'vitest';
import { splitStatistics } from './statistics.js';

describe('splitStatistics', () => {
  test('are those of the population', () => {
    // Values 0 2 4 4 / 4 5 5 8: mean 4, variance (16+4+0+0+0+1+1+16)/8 = 4.75.
    const statistics = splitStatistics([0, 2, 4, 4, 4, 5, 5, 8], [1, 1], { rows: 2, classes: 3 });
    expect(statistics).toEqual({
      ...{ rows: 2, classRows: [0, 2, 0], mean: 4, min: 0, max: 8, zeroFraction: 0.125 },
      standardDeviation: Math.sqrt(4.75),
    });
  });

  test('a large mean does not cancel a small deviation', () => {
    expect(splitStatistics([1e9, 1e9 + 1], [], { rows: 2, classes: 0 }).standardDeviation).toBe(0.5);
  });

  test('bug: statistics of no values were zero', () => {
    expect(splitStatistics([], [], { rows: 0, classes: 2 })).toEqual({ rows: 0, classRows: [0, 0] });
  });
});
