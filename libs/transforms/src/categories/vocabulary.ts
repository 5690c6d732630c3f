import { type Column, compareCategories } from '@athanor/data';
import { z } from 'zod';
import type { CategoryCounts } from './category-reader.js';

export const minFrequency = z
  .int()
  .min(1)
  .default(1)
  .describe('A category in fewer rows of the training split is rare.');

export interface VocabularyLimits {
  readonly minFrequency: number;
  readonly maxCategories: number;
  /** Places that a rare category takes from `maxCategories`: 1 if all rare ones share a place of their own. */
  readonly placesOfRare: 0 | 1;
}

/**
 * The categories that get a place of their own, in order. As in scikit-learn's OneHotEncoder, of equally frequent ones
 * the last are kept.
 */
export function selectVocabulary({ counts }: CategoryCounts, limits: VocabularyLimits): string[] {
  const frequent = [...counts.keys()].filter(name => counts.get(name)! >= limits.minFrequency).sort(compareCategories);
  const hasRare = frequent.length < counts.size;
  if (frequent.length + (hasRare ? limits.placesOfRare : 0) <= limits.maxCategories) return frequent;
  const places = limits.maxCategories - limits.placesOfRare;
  const kept = frequent.toSorted((a, b) => counts.get(a)! - counts.get(b)!).slice(frequent.length - places);
  return kept.sort(compareCategories);
}

/** True for one column of categories, or what was expected. */
export function acceptsCategories(kind: string, columns: readonly Column[], booleans: boolean): true | string {
  const [column] = columns;
  const expected = booleans ? 'category, text or BOOL' : 'category or text';
  if (column === undefined || columns.length > 1) {
    return `${kind} takes one ${expected} column, received ${columns.length} columns`;
  }
  const { name, type } = column;
  if (type.kind === 'category' || type.kind === 'text') return true;
  if (booleans && type.kind === 'number' && type.dtype === 'BOOL') return true;
  return `${kind} takes a ${expected} column, received '${name}' (${type.kind === 'number' ? type.dtype : type.kind})`;
}
