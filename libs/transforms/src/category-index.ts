import { z } from 'zod';
import { CategoryReader } from './categories/category-reader.js';
import { lookUpIntegers } from './categories/look-up.js';
import { acceptsCategories, minFrequency, selectVocabulary } from './categories/vocabulary.js';
import type { Transform } from './transform.js';

type Fitted = {
  readonly categories: readonly string[];
  /** Whether missing values have an index of their own; else theirs is that of unseen categories. */
  readonly missing: boolean;
};

const parameters = z.strictObject({
  maxCategories: z
    .int()
    .min(1)
    .default(100_000)
    .describe('Maximum number of categories with an index of their own; the least frequent ones count as unseen.'),
  minFrequency,
});

/** 0 for unseen and rare categories, then one index per category, then one for missing values if there were any. */
export const categoryIndex: Transform<z.infer<typeof parameters>, Fitted> = {
  kind: 'category-index',
  version: 1,
  summary: 'Categories as indices, for an embedding.',
  parameters,
  accepts: columns => acceptsCategories('category-index', columns, false),
  fitter([column], { maxCategories, minFrequency: threshold }) {
    const reader = new CategoryReader(column!);
    return {
      add: ([values]) => reader.read(values!),
      end() {
        const counted = reader.end();
        const categories = selectVocabulary(counted, { minFrequency: threshold, maxCategories, placesOfRare: 0 });
        return { categories, missing: counted.missing > 0 };
      },
    };
  },
  emit(g, [raw], { categories, missing }) {
    const numbers = new Map(categories.map((category, index) => [category, index + 1]));
    if (missing) numbers.set('', categories.length + 1);
    const index = lookUpIntegers(g, raw!, { numbers, unseen: 0 });
    return {
      kind: 'index',
      value: g.op('Squeeze', [index, g.axes([1])], { name: 'index' }),
      cardinality: categories.length + 1 + Number(missing),
    };
  },
};
