import { describe, expect, test } from 'vitest';
import { parseIdx } from './idx.js';

/** An IDX file of unsigned bytes. */
function idx(dimensions: number[], values: number[], type = 8): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.writeUInt8(type, 2);
  header.writeUInt8(dimensions.length, 3);
  for (const [index, size] of dimensions.entries()) header.writeUInt32BE(size, 4 + 4 * index);
  return Buffer.concat([header, Buffer.from(values)]);
}

const parse = (bytes: Uint8Array) => parseIdx(bytes, 'f.idx');

describe('parseIdx', () => {
  test('reads rows and their shape', () => {
    const { rows, shape, data } = parse(idx([2, 1, 3], [1, 2, 3, 4, 5, 6]));
    expect({ rows, shape, data: [...data] }).toEqual({ rows: 2, shape: [1, 3], data: [1, 2, 3, 4, 5, 6] });
  });

  test('reads a list of labels', () => {
    expect(parse(idx([3], [7, 8, 9]))).toMatchObject({ rows: 3, shape: [] });
  });

  test.each([
    ['an empty file', Buffer.alloc(0), 'expected an IDX file, got 0 bytes; is it empty or truncated?'],
    [
      'a file truncated in its magic number',
      Buffer.from([0, 0, 8]),
      'expected an IDX file, got 3 bytes; is it empty or truncated?',
    ],
    [
      'a wrong magic number',
      Buffer.from('PK\x03\x04rest'),
      'expected the IDX magic number 0x000008nn, got 0x504b0304; is it another format?',
    ],
    [
      'an unknown type',
      idx([1], [1], 5),
      'expected the IDX magic number 0x000008nn, got 0x00000501; is it another format?',
    ],
    [
      'values that are not bytes',
      idx([1], [0, 0, 0, 0], 13),
      'expected IDX values of type unsigned byte, got float; convert them to bytes',
    ],
    [
      'a file without dimensions',
      idx([], []),
      'expected an IDX header with 1 to 8 dimensions, got 0 in 4 bytes; upload the original file',
    ],
    [
      'a file truncated in its header',
      idx([2, 2], []).subarray(0, 9),
      'expected an IDX header with 1 to 8 dimensions, got 2 in 9 bytes; upload the original file',
    ],
    [
      'a file truncated in its values',
      idx([2, 2], [1, 2, 3]),
      'its header says 2 × 2 = 4 values, but 3 bytes follow; the file is truncated; upload the complete file',
    ],
    [
      'trailing bytes',
      idx([2], [1, 2, 3]),
      'its header says 2 = 2 values, but 3 bytes follow; the file has trailing bytes; upload the original file',
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parse(bytes)).toThrow(`f.idx: ${message}`);
  });
});
