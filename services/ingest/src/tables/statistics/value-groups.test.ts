import { describe, expect, it } from 'vitest';
import { groupCategories, groupNumbers } from './value-groups.js';

const NONE = Number.NaN;
const repeat = (value: number, times: number) => new Array<number>(times).fill(value);

/** "1..3 x5": low, high and rows. */
function textOf(values: readonly number[]): string[] {
  return groupNumbers(Float64Array.from(values)).groups.map(group =>
    group.kind === 'range' ? `${group.low}..${group.high} x${group.rows}` : `${group.kind} x${group.rows}`,
  );
}

describe('groups of numbers', () => {
  it('are the values themselves while they are few, in order, and one of missing values', () => {
    expect(textOf([3, 1, NONE, 1, 2, NONE, -4])).toEqual(['-4..-4 x1', '1..1 x2', '2..2 x1', '3..3 x1', 'missing x2']);
  });

  it('have equally many rows where all values differ', () => {
    const values = Array.from({ length: 1000 }, (_, index) => ((index * 37) % 1000) ** 3);
    const groups = textOf(values);
    expect(groups).toHaveLength(10);
    expect(groups[0]).toBe(`0..${99 ** 3} x100`);
    expect(groups[9]).toBe(`${900 ** 3}..${999 ** 3} x100`);
  });

  it('keep a frequent value apart from the ranges before and after it', () => {
    const around = Array.from({ length: 50 }, (_, index) => index - 20);
    const groups = textOf([...repeat(0, 900), ...around.filter(value => value !== 0)]);
    expect(groups).toEqual(['-20..-1 x20', '0..0 x900', '1..19 x19', '20..29 x10']);
  });

  it('have each row in the group of its value', () => {
    const values = Float64Array.from({ length: 500 }, (_, index) => (index % 50 === 7 ? NONE : (index * 7) % 101));
    const { groups, groupOf } = groupNumbers(values);
    const rows = groups.map(() => 0);
    for (const [row, value] of values.entries()) {
      const group = groups[groupOf[row]!]!;
      rows[groupOf[row]!]!++;
      if (group.kind === 'range') expect(value >= group.low && value <= group.high).toBe(true);
      else expect(value).toBeNaN();
    }
    expect(rows).toEqual(groups.map(group => group.rows));
  });

  it('of no value at all are one of missing values', () => {
    expect(textOf([NONE, NONE])).toEqual(['missing x2']);
  });
});

describe('groups of categories', () => {
  it('are the ten most frequent, then the others and missing values', () => {
    const entries = Array.from({ length: 13 }, (_, index) => `value ${index}`);
    const codes = entries.flatMap((_, code) => repeat(code, code < 11 ? 2 + (code % 2) : 1));
    const { groups, groupOf } = groupCategories(Float64Array.from([...codes, NONE]), entries);
    expect(groups.map(group => [group.kind, group.rows])).toEqual([
      ...repeat(3, 5).map(rows => ['category', rows]),
      ...repeat(2, 5).map(rows => ['category', rows]),
      ['others', 4],
      ['missing', 1],
    ]);
    expect(groups[0]).toMatchObject({ category: 'value 1' });
    expect(groups[10]).toMatchObject({ categories: 3 });
    expect([...groupOf].slice(-3)).toEqual([10, 10, 11]);
  });

  it('have names of at most 60 characters', () => {
    const { groups } = groupCategories(Float64Array.of(0), ['\u{1f600}'.repeat(100)]);
    expect(groups[0]).toMatchObject({ category: `${'\u{1f600}'.repeat(59)}…` });
  });
});
