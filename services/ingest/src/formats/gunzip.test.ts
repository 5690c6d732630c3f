import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { maybeGunzip } from './gunzip.js';

const packed = gzipSync('hello');

describe('maybeGunzip', () => {
  test('unpacks what is gzipped and leaves the rest', () => {
    expect(Buffer.from(maybeGunzip(packed, 'f.gz', 100)).toString()).toBe('hello');
    expect(Buffer.from(maybeGunzip(Buffer.from('plain'), 'f', 100)).toString()).toBe('plain');
  });

  test('refuses a file that unpacks to more than is allowed', () => {
    expect(() => maybeGunzip(gzipSync(Buffer.alloc(1_000)), 'f.gz', 999)).toThrow(
      'f.gz: the gzip file unpacks to more than the 999 bytes that are allowed',
    );
  });

  test.each([
    ['cut off', packed.subarray(0, -6)],
    ['damaged', Buffer.concat([packed.subarray(0, -8), Buffer.alloc(8)])],
  ])('refuses a file that is %s, and says what to do', (_, bytes) => {
    expect(() => maybeGunzip(bytes, 'f.gz', 100)).toThrow(
      /^f\.gz: the gzip file is damaged: .*; pack it again from the original$/,
    );
  });

  test('bug: a limit beyond what Node can hold called every file damaged', () => {
    expect(Buffer.from(maybeGunzip(packed, 'f.gz', 2 ** 60)).toString()).toBe('hello');
  });
});
