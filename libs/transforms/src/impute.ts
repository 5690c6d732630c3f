import { z } from 'zod';
import { imputation } from './numbers/imputation.js';
import { scalingTransform } from './numbers/number-transform.js';

/** scikit-learn's SimpleImputer alone. */
export const impute = scalingTransform({
  kind: 'impute',
  version: 1,
  summary: 'Numbers as they are, with missing values replaced.',
  parameters: z.strictObject({ impute: imputation('mean') }),
  steps: () => ({}),
});
