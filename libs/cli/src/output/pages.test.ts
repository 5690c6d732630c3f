import { expect, it } from 'vitest';
import { collectPages, type ListPage } from './pages.js';

const asked: number[] = [];
/** 2,500 numbers, at most 1,000 per page. */
const list: ListPage<number> = async ({ pageSize, pageToken }) => {
  asked.push(pageSize);
  const begin = Number(pageToken);
  const end = Math.min(begin + Math.min(pageSize, 1_000), 2_500);
  const items = Array.from({ length: end - begin }, (_, index) => begin + index);
  return { items, nextPageToken: end < 2_500 ? String(end) : '' };
};

it('collects every page of a list', async () => {
  const { items, hasMore } = await collectPages(list);
  expect(items).toEqual(Array.from({ length: 2_500 }, (_, index) => index));
  expect(hasMore).toBe(false);
});

it('requests no more than the limit, and returns whether there is more', async () => {
  asked.length = 0;
  expect(await collectPages(list, 1_001)).toMatchObject({ items: { length: 1_001 }, hasMore: true });
  expect(asked).toEqual([1_000, 1]);
  expect(await collectPages(list, 2_500)).toMatchObject({ items: { length: 2_500 }, hasMore: false });
});
