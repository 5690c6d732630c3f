import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type SplitRule, splitOf } from './split.js';

const RULE: SplitRule = { validationFraction: 0.1, testFraction: 0.2, salt: '' };
const hashes = Array.from({ length: 20_000 }, (_, row) => createHash('sha256').update(`row ${row}`).digest('hex'));
const count = (rule: SplitRule, split: string) =>
  hashes.filter(hash => splitOf(hash, rule) === split).length / hashes.length;

describe('splitOf', () => {
  test('is a function of content, salt and fractions: known rows keep their split', () => {
    expect(hashes.slice(0, 12).map(hash => splitOf(hash, RULE))).toMatchInlineSnapshot(`
      [
        "train",
        "train",
        "test",
        "test",
        "validation",
        "test",
        "train",
        "train",
        "train",
        "train",
        "train",
        "train",
      ]
    `);
  });

  test('gives each split about its fraction of the rows', () => {
    expect(count(RULE, 'validation')).toBeCloseTo(0.1, 1);
    expect(Math.abs(count(RULE, 'validation') - 0.1)).toBeLessThan(0.01);
    expect(Math.abs(count(RULE, 'test') - 0.2)).toBeLessThan(0.01);
    expect(count({ ...RULE, validationFraction: 0, testFraction: 0 }, 'train')).toBe(1);
  });

  test('another salt gives another split with the same fractions', () => {
    const moved = hashes.filter(hash => splitOf(hash, RULE) !== splitOf(hash, { ...RULE, salt: 'x' })).length;
    expect(moved).toBeGreaterThan(hashes.length * 0.3);
  });

  test('a larger test fraction moves rows to the test split and none out of it', () => {
    const test = hashes.filter(hash => splitOf(hash, RULE) === 'test');
    expect(test.every(hash => splitOf(hash, { ...RULE, testFraction: 0.3 }) === 'test')).toBe(true);
  });
});
