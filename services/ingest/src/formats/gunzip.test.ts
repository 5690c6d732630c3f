import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { maybeGunzip } from './gunzip.js';

const packed = gzipSync('hello');

describe('maybeGunzip', () => {
  test('unpacks gzipped files and returns others unchanged', () => {
    expect(Buffer.from(maybeGunzip(packed, 'f.gz', 100)).toString()).toBe('hello');
    expect(Buffer.from(maybeGunzip(Buffer.from('plain'), 'f', 100)).toString()).toBe('plain');
  });

  test('refuses a file that unpacks to more than the limit', () => {
    expect(() => maybeGunzip(gzipSync(Buffer.alloc(1_000)), 'f.gz', 999)).toThrow(
      'f.gz: the gzip file unpacks to more than the 999 bytes allowed',
    );
  });

  test.each([
    ['cut off', packed.subarray(0, -6)],
    ['damaged', Buffer.concat([packed.subarray(0, -8), Buffer.alloc(8)])],
  ])('refuses a file that is %s, and says what to do', (_, bytes) => {
    expect(() => maybeGunzip(bytes, 'f.gz', 100)).toThrow(
      /^f\.gz: the gzip file is damaged: .*; compress it again from the original$/,
    );
  });

  test("bug: with a limit above Node.js's buffer size every file was reported as damaged", () => {
    expect(Buffer.from(maybeGunzip(packed, 'f.gz', 2 ** 60)).toString()).toBe('hello');
  });
});
