// The type of a column that was read as text, from counts over all its values.

import { MAX_EXACT } from './exact.js';
import type { TextProfile } from './text-profile.js';

export type Decided = 'number' | 'integer' | 'boolean' | 'timestamp' | 'text';

export interface Decision {
  readonly type: Decided;
  /** Values that are not of the type. */
  readonly misfits: number;
  /** Of a number: every value is written without decimals. */
  readonly whole: boolean;
}

/** A column is meant to be of a type that nearly all of its values have. */
const MOSTLY = 0.9;

/** `rows` includes those without a value. */
export function decideType(profile: TextProfile, rows: number): Decision {
  const { values, tokens, numbers, wholes, integers, booleans, timestamps, lookAlikes } = profile;
  const present = values - tokens;
  const text: Decision = { type: 'text', misfits: 0, whole: false };
  if (values === 0) return { type: 'number', misfits: 0, whole: false };
  if (present === 0 || profile.leadingZeros > 0) return text;
  const whole = wholes === present;
  if (numbers === present && whole && profile.maxMagnitude > MAX_EXACT) {
    // Beyond 2^53 only a column of 64-bit integers is exact, and that has no missing values.
    return integers === present && values - tokens === rows ? { type: 'integer', misfits: 0, whole } : text;
  }
  const candidates: readonly [Decided, number][] = [
    ['number', numbers],
    ['boolean', booleans],
    ['timestamp', timestamps],
  ];
  for (const [type, fits] of candidates) {
    if (fits >= present * MOSTLY)
      return { type, misfits: present - fits, whole: type === 'number' && wholes === numbers };
  }
  const asOption = numbers + lookAlikes;
  if (lookAlikes > 0 && asOption >= present * MOSTLY)
    return { type: 'number', misfits: present - numbers, whole: wholes === numbers };
  return text;
}

/** A text column is a category if it has few values, or few for its rows: free text has many. */
export function isCategory({
  rows,
  distinct,
  meanLength,
}: {
  rows: number;
  distinct: number;
  meanLength: number;
}): boolean {
  if (distinct > MAX_CATEGORY_VALUES || meanLength > MAX_CATEGORY_LENGTH) return false;
  return distinct <= ALWAYS_CATEGORY || distinct <= rows * MAX_CATEGORY_SHARE;
}

export const MAX_CATEGORY_VALUES = 50_000;
const ALWAYS_CATEGORY = 1_000;
const MAX_CATEGORY_SHARE = 0.2;
const MAX_CATEGORY_LENGTH = 100;
