import { expect, test } from 'vitest';
import { shardWindows, windowOrder } from './shard-order.js';

const SHARDS = Array.from({ length: 10 }, (_, index) => ({ rows: 5 + index, byteSize: 100 }));
const OPTIONS = { seed: 3, epoch: 0, bufferBytes: 350 };

test('every shard is in one window, as many as fit, and windows follow each other', () => {
  const windows = shardWindows(SHARDS, OPTIONS);
  expect(windows.map(({ shards }) => shards.length)).toEqual([3, 3, 3, 1]);
  expect(windows.flatMap(({ shards }) => shards).sort((a, b) => a - b)).toEqual([...SHARDS.keys()]);
  let begin = 0;
  for (const window of windows) {
    expect(window.begin).toBe(begin);
    begin += window.shards.reduce((sum, index) => sum + SHARDS[index]!.rows, 0);
    expect(window.end).toBe(begin);
  }
});

test('the order is a function of seed and epoch', () => {
  const orderOf = (changes: object) => shardWindows(SHARDS, { ...OPTIONS, ...changes }).flatMap(each => each.shards);
  expect(orderOf({})).toEqual(orderOf({}));
  expect(orderOf({ epoch: 1 })).not.toEqual(orderOf({}));
  expect(orderOf({ seed: 4 })).not.toEqual(orderOf({}));
  const [first, second] = shardWindows(SHARDS, OPTIONS);
  const rows = windowOrder(first!, { seed: 3, epoch: 0, index: 0 });
  expect([...rows].sort((a, b) => a - b)).toEqual([...rows.keys()]);
  expect([...rows]).not.toEqual([...rows.keys()]);
  const length = Math.min(rows.length, second!.end - second!.begin);
  expect([...windowOrder(second!, { seed: 3, epoch: 0, index: 1 })].slice(0, length)).not.toEqual(
    [...rows].slice(0, length),
  );
});

test('a shard that is larger than the buffer is a window of its own', () => {
  const windows = shardWindows(SHARDS, { ...OPTIONS, bufferBytes: 10 });
  expect(windows).toHaveLength(10);
});
