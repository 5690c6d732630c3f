import { expect, test } from 'vitest';
import { CrashHistory } from './crash-history.js';

test('the first crash is followed by a start at once, later ones by growing delays, the fifth by none', () => {
  const history = new CrashHistory();
  expect([1, 2, 3, 4, 5].map(count => history.crashed(`crash ${count}`))).toEqual([0, 250, 500, 1_000, undefined]);
  expect(history.recent[0]?.reason).toBe('crash 5');
  expect(history.total).toBe(5);
});

test('a successful run ends a series of crashes', () => {
  const history = new CrashHistory();
  for (let count = 0; count < 4; count++) history.crashed('x', 0);
  history.succeeded();
  expect(history.crashed('x', 1)).toBe(0);
});

test('twenty crashes in ten minutes are too many although runs succeed between them; in an hour they are not', () => {
  const crashes = (everyMs: number) => {
    const history = new CrashHistory();
    return Array.from({ length: 20 }, (_, index) => {
      history.succeeded();
      return history.crashed('x', index * everyMs);
    }).at(-1);
  };
  expect(crashes(10_000)).toBeUndefined();
  expect(crashes(180_000)).toBe(0);
});
