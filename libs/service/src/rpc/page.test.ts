import { describe, expect, test } from 'vitest';
import { readPage, toPage } from './page.js';

const request = (pageSize: number, pageToken = '') => ({ pageSize, pageToken });

describe('paging', () => {
  test('traverses a list without missing or repeating a row', () => {
    const all = Array.from({ length: 7 }, (_, index) => index + 1);
    const seen: number[] = [];
    let token = '';
    do {
      const page = readPage(request(3, token), 'number');
      const found = all.filter(row => row > (page.after ?? 0)).slice(0, page.size + 1);
      const { rows, nextPageToken } = toPage(found, page, row => row);
      seen.push(...rows);
      token = nextPageToken;
    } while (token !== '');
    expect(seen).toEqual(all);
  });

  test('has a default and a maximum size', () => {
    expect(readPage(request(0), 'number').size).toBe(50);
    expect(readPage(request(0), 'number', 7).size).toBe(7);
    expect(readPage(request(1_000_000), 'number').size).toBe(1_000);
    expect(() => readPage(request(-1), 'number')).toThrow(/page_size: expected 0 to 1000, got -1/);
  });

  test('bug: a token of another list caused an internal error in the database', () => {
    const stringToken = Buffer.from('"abc"').toString('base64url');
    expect(() => readPage(request(0, stringToken), 'number')).toThrow(/page_token/);
    expect(() => readPage(request(0, Buffer.from('12').toString('base64url')), 'string')).toThrow(/page_token/);
    expect(() => readPage(request(0, 'garbage'), 'string')).toThrow(/page_token/);
    expect(() => readPage(request(0, Buffer.from('1e300').toString('base64url')), 'number')).toThrow(/page_token/);
  });
});
