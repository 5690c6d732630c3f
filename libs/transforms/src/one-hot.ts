import { z } from 'zod';
import { CategoryReader } from './categories/category-reader.js';
import { emitOneHot, lookUpIntegers } from './categories/look-up.js';
import { acceptsCategories, minFrequency, selectVocabulary } from './categories/vocabulary.js';
import { INDICATORS } from './numbers/imputation.js';
import { type Transform, TransformError } from './transform.js';

type Fitted = {
  readonly column: string;
  readonly categories: readonly string[];
  readonly other: boolean;
  readonly missing: boolean;
};

const parameters = z.strictObject({
  maxCategories: z
    .int()
    .min(2)
    .default(64)
    .describe('Maximum number of elements, except that of missing values; the least frequent categories are rare.'),
  minFrequency,
  other: z
    .enum(INDICATORS)
    .default('auto')
    .describe('Element of rare and unseen categories: auto adds it if the training split has rare ones.'),
  missing: z
    .enum(INDICATORS)
    .default('auto')
    .describe('Element of missing values: auto adds it if the training split has any; else they count as unseen.'),
});

/** 1 for the row's category, 0 for the others: scikit-learn's OneHotEncoder. Without `other`, unseen ones are all 0. */
export const oneHot: Transform<z.infer<typeof parameters>, Fitted> = {
  kind: 'one-hot',
  version: 1,
  summary: 'Categories, texts of few values and booleans, an element each.',
  parameters,
  accepts: columns => acceptsCategories('one-hot', columns, true),
  fitter([column], { other, missing, maxCategories, minFrequency: threshold }) {
    const reader = new CategoryReader(column!);
    return {
      add: ([values]) => reader.read(values!),
      end() {
        const counted = reader.end();
        const placesOfRare = other === 'never' ? 0 : 1;
        const limits = { minFrequency: threshold, maxCategories, placesOfRare } as const;
        const categories = selectVocabulary(counted, other === 'always' ? withRoomForOther(limits) : limits);
        const hasRare = categories.length < counted.counts.size;
        const fitted = {
          column: column!.name,
          categories,
          other: other === 'always' || (other === 'auto' && hasRare),
          missing: missing === 'always' || (missing === 'auto' && counted.missing > 0),
        };
        if (categories.length > 0 || fitted.other || fitted.missing) return fitted;
        throw new TransformError(`the column '${column!.name}' has no category in the training split; ignore it`);
      },
    };
  },
  emit(g, [raw], { column, categories, other, missing }) {
    const numbers = new Map(categories.map((category, index) => [category, index]));
    const unseen = other ? categories.length : NO_ELEMENT;
    const width = categories.length + Number(other) + Number(missing);
    if (missing) numbers.set('', width - 1);
    const index = lookUpIntegers(g, raw!, { numbers, unseen });
    const names = categories.map(category => `${column}=${category}`);
    if (other) names.push(`${column} (other)`);
    if (missing) names.push(`${column} (missing)`);
    return { kind: 'dense', value: emitOneHot(g, index, width), names };
  },
};

const NO_ELEMENT = -1;

function withRoomForOther<L extends { readonly maxCategories: number }>(limits: L): L {
  return { ...limits, maxCategories: limits.maxCategories - 1, placesOfRare: 0 };
}
