import { describe, expect, it } from 'vitest';
import { isMissingToken, looksLikeNumber, valueKind } from './value-kind.js';

describe('valueKind', () => {
  it.each([
    ['12', 'integer'],
    ['-0', 'integer'],
    ['007', 'text'],
    ['0.5', 'number'],
    ['.5e-3', 'number'],
    ['1_000', 'text'],
    ['0x10', 'text'],
    ['inf', 'text'],
    ['True', 'boolean'],
    ['yes', 'text'],
    ['2024-01-31', 'timestamp'],
    ['2024/1/3 10:00', 'timestamp'],
    ['2024-01-31T10:00:00.5+02:00', 'timestamp'],
    ['2024-01-31 or so', 'text'],
    ['31.01.2024', 'text'],
  ])('of %j is %s', (cell, kind) => {
    expect(valueKind(cell)).toBe(kind);
  });
});

describe('looksLikeNumber', () => {
  it.each(['1,037', '1.037,50', '$5', '5 %', '€1,000.50', "1'000"])('is true of %j', cell => {
    expect(looksLikeNumber(cell)).toBe(true);
  });

  it.each(['1.5', 'a1', '1-2', '192.168.1.1', '01,5'])('is false of %j', cell => {
    expect(looksLikeNumber(cell)).toBe(false);
  });
});

describe('isMissingToken', () => {
  it('knows the usual tokens in any case, and no words', () => {
    expect(['', 'NA', 'n/a', 'NaN', 'null', 'None', '?', '-'].every(isMissingToken)).toBe(true);
    expect(['0', 'nan1', 'nothing', '--'].some(isMissingToken)).toBe(false);
  });
});
