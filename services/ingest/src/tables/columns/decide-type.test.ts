import { describe, expect, it } from 'vitest';
import { decideType, isCategory } from './decide-type.js';
import type { TextProfile } from './text-profile.js';

const NONE: TextProfile = {
  ...{ values: 100, tokens: 0, numbers: 0, wholes: 0, integers: 0, maxMagnitude: 0 },
  ...{ leadingZeros: 0, booleans: 0, timestamps: 0, lookAlikes: 0 },
};
const decide = (profile: Partial<TextProfile>, rows = 100) => decideType({ ...NONE, ...profile }, rows);

describe('decideType', () => {
  it('counts tokens as missing beside numbers', () => {
    expect(decide({ tokens: 60, numbers: 40, wholes: 40 })).toEqual({ type: 'number', misfits: 0, whole: true });
  });

  it('is text for words, and for codes with leading zeros', () => {
    expect(decide({}).type).toBe('text');
    expect(decide({ numbers: 100, wholes: 100, leadingZeros: 1 }).type).toBe('text');
  });

  it('has misfits where nine of ten values are of one type', () => {
    expect(decide({ numbers: 95, wholes: 90 })).toEqual({ type: 'number', misfits: 5, whole: false });
    expect(decide({ timestamps: 99 })).toMatchObject({ type: 'timestamp', misfits: 1 });
    expect(decide({ numbers: 89 }).type).toBe('text');
  });

  it('has misfits where an option would make numbers of the others', () => {
    expect(decide({ numbers: 50, lookAlikes: 50 })).toMatchObject({ type: 'number', misfits: 50 });
  });

  it('keeps whole numbers beyond 2^53 as 64-bit integers without gaps, else as texts', () => {
    const large = { numbers: 100, wholes: 100, maxMagnitude: 2 ** 60 };
    expect(decide({ ...large, integers: 100 }).type).toBe('integer');
    expect(decide({ ...large, integers: 100 }, 101).type).toBe('text');
    expect(decide({ ...large, integers: 99 }).type).toBe('text');
  });
});

describe('isCategory', () => {
  it('is decided by the number of values, and their share of the rows', () => {
    expect(isCategory({ rows: 1000, distinct: 900, meanLength: 5 })).toBe(true);
    expect(isCategory({ rows: 100_000, distinct: 15_000, meanLength: 5 })).toBe(true);
    expect(isCategory({ rows: 50_000, distinct: 15_000, meanLength: 5 })).toBe(false);
    expect(isCategory({ rows: 10_000_000, distinct: 60_000, meanLength: 5 })).toBe(false);
    expect(isCategory({ rows: 1000, distinct: 900, meanLength: 200 })).toBe(false);
  });
});
