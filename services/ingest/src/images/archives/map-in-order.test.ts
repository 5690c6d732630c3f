import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { mapInOrder } from './map-in-order.js';

async function* count(end: number) {
  for (let item = 0; item < end; item++) yield item;
}

it('keeps the order and the limit', async () => {
  let running = 0;
  let peak = 0;
  const results: number[] = [];
  const work = async (item: number) => {
    peak = Math.max(peak, ++running);
    await sleep(item % 3 === 0 ? 10 : 1);
    running--;
    return item * 2;
  };
  for await (const result of mapInOrder(count(10), 3, work)) results.push(result);
  expect(results).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
  expect(peak).toBe(3);
});

it('ends with the first failure in order, after the work that is under way', async () => {
  const ended: number[] = [];
  const work = async (item: number) => {
    await sleep(5 * (4 - item));
    ended.push(item);
    if (item >= 1) throw new Error(`item ${item}`);
    return item;
  };
  const run = async () => {
    for await (const _ of mapInOrder(count(4), 4, work));
  };
  await expect(run()).rejects.toThrow('item 1');
  expect(ended.sort()).toEqual([0, 1, 2, 3]);
});
