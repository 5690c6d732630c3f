import { compareCategories } from '@athanor/data';
import { z } from 'zod';
import { CategoryReader } from './categories/category-reader.js';
import { lookUpFloats } from './categories/look-up.js';
import { acceptsCategories } from './categories/vocabulary.js';
import { MAX_ENCODED } from './dense.js';
import type { Transform } from './transform.js';

type Fitted = {
  readonly column: string;
  /** In order. */
  readonly categories: readonly string[];
  /** A category's position is divided by it. */
  readonly divisor: number;
  readonly unseen: number;
  readonly missing: number;
};

const encoded = z.number().min(-MAX_ENCODED).max(MAX_ENCODED).default(-1);

const parameters = z.strictObject({
  order: z
    .array(z.string().min(1))
    .min(1)
    .refine(order => new Set(order).size === order.length, 'expected different categories')
    .optional()
    .describe('The categories from the lowest to the highest; others count as unseen. Default: numbers, then text.'),
  scale: z
    .enum(['unit', 'none'])
    .default('unit')
    .describe('unit encodes the lowest category as 0 and the highest as 1; none encodes positions 0, 1, 2, …'),
  unseen: encoded.describe('Encoding of a category that the training split does not have.'),
  missing: encoded.describe('Encoding of a missing value.'),
});

/** A category's position as one number: scikit-learn's OrdinalEncoder. */
export const ordinal: Transform<z.infer<typeof parameters>, Fitted> = {
  kind: 'ordinal',
  version: 1,
  summary: 'Categories with an order, as one number.',
  parameters,
  accepts: columns => acceptsCategories('ordinal', columns, true),
  fitter([column], { order, scale, unseen, missing }) {
    const reader = new CategoryReader(column!);
    return {
      add: ([values]) => reader.read(values!),
      end() {
        const categories = order ?? [...reader.end().counts.keys()].sort(compareCategories);
        const divisor = scale === 'unit' ? Math.max(1, categories.length - 1) : 1;
        return { column: column!.name, categories, divisor, unseen, missing };
      },
    };
  },
  emit(g, [raw], { column, categories, divisor, unseen, missing }) {
    const numbers = new Map(categories.map((category, position) => [category, position / divisor]));
    numbers.set('', missing);
    return { kind: 'dense', value: lookUpFloats(g, raw!, { numbers, unseen }), names: [column] };
  },
};
