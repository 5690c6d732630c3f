/*
 * A hash of a row's input values, by which it falls into a split. Two 32-bit lanes as in MurmurHash3_x86_128 (public
 * domain, A. Appleby), over two words per value: those of the number as a double, so that a whole number and the same
 * double are equal and -0 is 0; for a text those of a hash of its UTF-8. This is part of what a version is: a change
 * moves rows to other splits.
 */

import type { ColumnValues, TextValues } from '@athanor/data';

export interface RowHashes {
  readonly a: Int32Array;
  readonly b: Int32Array;
}

/** Hashes that depend on the salt only; mixColumn adds the values. */
export function seedHashes(rows: number, salt: string): RowHashes {
  const words = new Uint32Array(2);
  const bytes = Buffer.from(salt);
  hashBytes(bytes, 0, bytes.length, words);
  return { a: new Int32Array(rows).fill(words[0]!), b: new Int32Array(rows).fill(words[1]!) };
}

/** Adds a column to the hashes of its rows. `dictionary`: two words for each code, from hashTexts. */
export function mixColumn(hashes: RowHashes, values: ColumnValues, dictionary?: Uint32Array): void {
  if (values.kind === 'category') mixCodes(hashes, values.codes, dictionary!);
  else if (values.kind === 'text') mixTexts(hashes, values);
  else if (values.kind === 'vector') throw new TypeError('expected columns of a table, got a vector');
  else if (values.data instanceof Float64Array) mixDoubles(hashes, values.data);
  else if (values.data instanceof BigInt64Array) mixIntegers(hashes, values.data);
  else mixBooleans(hashes, values.data);
}

/** From 0 to below 1. */
export function fractionOf({ a, b }: RowHashes, row: number): number {
  let h1 = a[row]!;
  let h2 = b[row]!;
  h1 = (h1 + h2) | 0;
  h2 = (h2 + h1) | 0;
  h1 = finalize(h1);
  h2 = finalize(h2);
  return ((h1 + h2) >>> 0) / 2 ** 32;
}

/** Two words for each text. */
export function hashTexts(texts: readonly string[]): Uint32Array {
  const words = new Uint32Array(2 * texts.length);
  for (const [index, text] of texts.entries()) {
    const bytes = Buffer.from(text);
    hashBytes(bytes, 0, bytes.length, words.subarray(2 * index));
  }
  return words;
}

const C1 = 0x239b961b;
const C2 = 0xab0e9789 | 0;
const C3 = 0x38b34ae5;

/** One round of both lanes. */
function mix({ a, b }: RowHashes, row: number, low: number, high: number): void {
  let k = Math.imul(low, C1);
  k = (k << 15) | (k >>> 17);
  let h1 = a[row]! ^ Math.imul(k, C2);
  h1 = (h1 << 19) | (h1 >>> 13);
  h1 = (Math.imul(h1 + b[row]!, 5) + 0x561ccd1b) | 0;
  k = Math.imul(high, C2);
  k = (k << 16) | (k >>> 16);
  let h2 = b[row]! ^ Math.imul(k, C3);
  h2 = (h2 << 17) | (h2 >>> 15);
  h2 = (Math.imul(h2 + h1, 5) + 0x0bcaa747) | 0;
  a[row] = h1;
  b[row] = h2;
}

function finalize(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

const NAN_HIGH = 0x7ff80000;

function mixDoubles(hashes: RowHashes, data: Float64Array): void {
  const words = new Int32Array(data.buffer, data.byteOffset, 2 * data.length);
  for (let row = 0; row < data.length; row++) {
    const value = data[row]!;
    // One zero and one NaN, whatever their bits.
    if (value === 0) mix(hashes, row, 0, 0);
    else if (Number.isNaN(value)) mix(hashes, row, 0, NAN_HIGH);
    else mix(hashes, row, words[2 * row]!, words[2 * row + 1]!);
  }
}

const DOUBLE = new Float64Array(1);
const DOUBLE_WORDS = new Int32Array(DOUBLE.buffer);

function mixIntegers(hashes: RowHashes, data: BigInt64Array): void {
  const words = new Int32Array(data.buffer, data.byteOffset, 2 * data.length);
  for (let row = 0; row < data.length; row++) {
    const low = words[2 * row]!;
    const high = words[2 * row + 1]!;
    if (high >= -0x200000 && high < 0x200000) {
      DOUBLE[0] = high * 2 ** 32 + (low >>> 0);
      mix(hashes, row, DOUBLE_WORDS[0]!, DOUBLE_WORDS[1]!);
    } else {
      mix(hashes, row, low, high);
    }
  }
}

function mixBooleans(hashes: RowHashes, data: Uint8Array): void {
  for (let row = 0; row < data.length; row++) mix(hashes, row, 0, data[row] === 0 ? 0 : 0x3ff00000);
}

function mixCodes(hashes: RowHashes, codes: Int32Array, dictionary: Uint32Array): void {
  const missing = hashTexts(['']);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    if (code < 0) mix(hashes, row, missing[0]!, missing[1]!);
    else mix(hashes, row, dictionary[2 * code]!, dictionary[2 * code + 1]!);
  }
}

function mixTexts(hashes: RowHashes, { bytes, offsets }: TextValues): void {
  const words = new Uint32Array(2);
  for (let row = 0; row + 1 < offsets.length; row++) {
    hashBytes(bytes, offsets[row]!, offsets[row + 1]!, words);
    mix(hashes, row, words[0]!, words[1]!);
  }
}

/** Both words of a text, eight bytes per round, its length last. */
function hashBytes(bytes: Uint8Array, begin: number, end: number, out: Uint32Array): void {
  SCRATCH.a[0] = 0;
  SCRATCH.b[0] = 0;
  let at = begin;
  for (; at + 8 <= end; at += 8) {
    const low = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    const high = bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24);
    mix(SCRATCH, 0, low, high);
  }
  let low = 0;
  let high = 0;
  for (let index = at; index < end; index++) {
    const shift = ((index - at) % 4) * 8;
    if (index - at < 4) low |= bytes[index]! << shift;
    else high |= bytes[index]! << shift;
  }
  mix(SCRATCH, 0, low, high);
  mix(SCRATCH, 0, end - begin, 0);
  out[0] = SCRATCH.a[0]!;
  out[1] = SCRATCH.b[0]!;
}

const SCRATCH: RowHashes = { a: new Int32Array(1), b: new Int32Array(1) };
