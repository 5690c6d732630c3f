import { compareCategories } from '@athanor/data';
import { z } from 'zod';
import { CategoryReader } from './categories/category-reader.js';
import { emitOneHot, lookUpIntegers } from './categories/look-up.js';
import { murmurHash } from './categories/murmur-hash.js';
import { acceptsCategories } from './categories/vocabulary.js';
import type { Transform } from './transform.js';

type Fitted = {
  readonly column: string;
  readonly categories: readonly string[];
  readonly buckets: number;
  readonly missing: boolean;
};

const parameters = z.strictObject({
  buckets: z.int().min(2).max(65_536).default(64).describe('Number of elements that the categories share.'),
});

const NO_ELEMENT = -1;

/**
 * 1 in the bucket of the category's hash: scikit-learn's FeatureHasher without signs. ONNX has no operator that hashes a
 * text, so the buckets of the training split's categories are a table of the model, and an unseen category is all 0.
 */
export const hash: Transform<z.infer<typeof parameters>, Fitted> = {
  kind: 'hash',
  version: 1,
  summary: 'Any number of categories in a fixed number of elements, which several of them share.',
  parameters,
  accepts: columns => acceptsCategories('hash', columns, false),
  fitter([column], { buckets }) {
    const reader = new CategoryReader(column!);
    return {
      add: ([values]) => reader.read(values!),
      end() {
        const { counts, missing } = reader.end();
        const categories = [...counts.keys()].sort(compareCategories);
        return { column: column!.name, categories, buckets, missing: missing > 0 };
      },
    };
  },
  emit(g, [raw], { column, categories, buckets, missing }) {
    const numbers = new Map(categories.map(category => [category, Math.abs(murmurHash(category)) % buckets]));
    const names = Array.from({ length: buckets }, (_, bucket) => `${column} (hash ${bucket})`);
    if (missing) {
      numbers.set('', buckets);
      names.push(`${column} (missing)`);
    }
    const index = lookUpIntegers(g, raw!, { numbers, unseen: NO_ELEMENT });
    return { kind: 'dense', value: emitOneHot(g, index, names.length), names };
  },
};
