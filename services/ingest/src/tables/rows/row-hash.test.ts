import { readFileSync } from 'node:fs';
import { type ColumnValues, textValues } from '@athanor/data';
import { describe, expect, it } from 'vitest';
import { fractionOf, hashTexts, mixColumn, seedHashes } from './row-hash.js';

/** Made by row-hash.py. */
const reference = JSON.parse(readFileSync(new URL('row-hash.json', import.meta.url), 'utf8')) as {
  readonly salt: string;
  readonly numbers: number[];
  readonly texts: string[];
  readonly fractionsOfNumbers: number[];
  readonly fractionsOfMissing: number;
  readonly fractionsOfTexts: number[];
  readonly fractionsOfBoth: number[];
};

const fractions = (values: ColumnValues, rows: number, salt = '', dictionary?: Uint32Array) => {
  const hashes = seedHashes(rows, salt);
  mixColumn(hashes, values, dictionary);
  return Array.from({ length: rows }, (_, row) => fractionOf(hashes, row));
};
const doubles = (...data: number[]): ColumnValues => ({ kind: 'number', data: Float64Array.from(data) });

describe('the hash of a row', () => {
  // A change would move rows to other splits.
  it('is that of an independent implementation', () => {
    const { salt, numbers, texts } = reference;
    expect(fractions(doubles(...numbers), numbers.length, salt)).toEqual(reference.fractionsOfNumbers);
    expect(fractions(doubles(Number.NaN), 1, salt)).toEqual([reference.fractionsOfMissing]);
    expect(fractions(textValues(texts), texts.length, salt)).toEqual(reference.fractionsOfTexts);
    const hashes = seedHashes(numbers.length, salt);
    mixColumn(hashes, doubles(...numbers));
    mixColumn(hashes, textValues(texts));
    expect(numbers.map((_, row) => fractionOf(hashes, row))).toEqual(reference.fractionsOfBoth);
  });

  it('is the same for a number as a double, an integer and a boolean', () => {
    const integers: ColumnValues = { kind: 'number', data: BigInt64Array.of(0n, 1n, -(2n ** 40n)) };
    expect(fractions(integers, 3)).toEqual(fractions(doubles(0, 1, -(2 ** 40)), 3));
    expect(fractions({ kind: 'number', data: Uint8Array.of(0, 1) }, 2)).toEqual(fractions(doubles(0, 1), 2));
    expect(fractions(doubles(-0), 1)).toEqual(fractions(doubles(0), 1));
  });

  it('tells neighbouring integers beyond 2^53 apart', () => {
    const [a, b] = fractions({ kind: 'number', data: BigInt64Array.of(2n ** 53n, 2n ** 53n + 1n) }, 2);
    expect(a).not.toBe(b);
  });

  it('is the same for a text and a category, whatever its code', () => {
    const category: ColumnValues = { kind: 'category', codes: Int32Array.of(1, 0, -1) };
    const dictionary = hashTexts(['b', 'a']);
    expect(fractions(category, 3, '', dictionary)).toEqual(fractions(textValues(['a', 'b', '']), 3));
  });

  it('depends on the salt and on every value', () => {
    expect(fractions(doubles(1), 1, 'x')).not.toEqual(fractions(doubles(1), 1, 'y'));
    const texts = Array.from({ length: 1000 }, (_, index) => `text of row ${index}`);
    expect(new Set(fractions(textValues(texts), 1000)).size).toBe(1000);
  });

  it('spreads evenly over the fractions', () => {
    const rows = 100_000;
    const counts = new Array<number>(10).fill(0);
    for (const fraction of fractions(doubles(...Array.from({ length: rows }, (_, row) => row)), rows))
      counts[Math.floor(fraction * 10)]!++;
    // Six standard deviations of a binomial distribution.
    for (const count of counts) expect(Math.abs(count - rows / 10)).toBeLessThan(6 * Math.sqrt(rows * 0.1 * 0.9));
  });
});
