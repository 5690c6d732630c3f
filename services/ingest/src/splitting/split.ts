import { hash } from 'node:crypto';
import type { SplitName } from '@athanor/data';

export interface SplitRule {
  readonly validationFraction: number;
  /** For rows of the "train" partition without a given test partition, else 0. */
  readonly testFraction: number;
  readonly salt: string;
}

const BUCKETS = 2 ** 32;

/**
 * The split of a row, a function of its content: rows with equal features are in the same split, and adding rows moves
 * no other row. `featureHash` is the hexadecimal SHA-256 of the row's features.
 */
export function splitOf(featureHash: string, rule: SplitRule): SplitName {
  const bucket = Number.parseInt(hash('sha256', `${rule.salt}\0${featureHash}`, 'hex').slice(0, 8), 16) / BUCKETS;
  if (bucket < rule.testFraction) return 'test';
  return bucket < rule.testFraction + rule.validationFraction ? 'validation' : 'train';
}
