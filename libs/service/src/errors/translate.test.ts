import { describe, expect, test } from 'vitest';
import { translateFailure } from './translate.js';

const failure = (kind: string, more: object = {}) =>
  Object.assign(new Error('secret detail of the driver'), { kind, ...more });

describe('translateFailure', () => {
  test.each([
    ['storage_full', 'RESOURCE_EXHAUSTED', /disk is full.*free space/],
    ['disk_full', 'RESOURCE_EXHAUSTED', /disk is full.*free space/],
    ['corrupt', 'DATA_LOSS', /stored bytes/],
    ['connection_lost', 'UNAVAILABLE', /retry/],
    ['unavailable', 'UNAVAILABLE', /retry/],
    ['serialization_failure', 'ABORTED', /retry/],
    ['unique_violation', 'ABORTED', /retry/],
    ['timeout', 'UNAVAILABLE', /retry/],
  ])('%s is translated to %s, with a remedy and without internals', (kind, code, message) => {
    const translated = translateFailure(failure(kind));
    expect(translated?.code).toBe(code);
    expect(translated?.message).toMatch(message);
    expect(translated?.message).not.toContain('secret detail');
    expect(translated?.cause).toBeInstanceOf(Error);
  });

  test('a value that the database cannot store is INVALID_ARGUMENT', () => {
    expect(translateFailure(failure('other', { sqlState: '22021' }))?.code).toBe('INVALID_ARGUMENT');
    expect(translateFailure(failure('other', { sqlState: '22P05' }))?.code).toBe('INVALID_ARGUMENT');
  });

  test('unknown errors are not translated', () => {
    for (const other of [
      new Error('x'),
      failure('other'),
      failure('toString'),
      'text',
      undefined,
      null,
      { kind: 'corrupt' },
    ]) {
      expect(translateFailure(other)).toBeUndefined();
    }
  });
});
