import { z } from 'zod';
import { MAX_ENCODED } from './dense.js';
import { imputation } from './numbers/imputation.js';
import { scalingTransform } from './numbers/number-transform.js';
import { divisorOf } from './numbers/scale.js';

const bound = z.number().min(-MAX_ENCODED).max(MAX_ENCODED);

/** (x - minimum) / range, as scikit-learn's SimpleImputer and MinMaxScaler. */
export const minMax = scalingTransform({
  kind: 'min-max',
  version: 1,
  summary: 'Numbers, scaled so that the training split reaches from low to high.',
  parameters: z
    .strictObject({
      low: bound.default(0).describe('What the smallest value becomes.'),
      high: bound.default(1).describe('What the largest value becomes; above low.'),
      impute: imputation('mean'),
    })
    .refine(({ low, high }) => low < high, { path: ['high'], message: 'expected a number above low' }),
  steps({ min, max }, { low, high }) {
    const range = divisorOf(max - min, Math.max(Math.abs(min), Math.abs(max)));
    const steps = { center: min, scale: divisorOf(range / (high - low), 0) };
    return low === 0 ? steps : { ...steps, offset: low };
  },
});
