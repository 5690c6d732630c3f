import { z } from 'zod';
import { imputation } from './numbers/imputation.js';
import { scalingTransform } from './numbers/number-transform.js';
import { divisorOf } from './numbers/scale.js';

/** (x - mean) / deviation, as scikit-learn's SimpleImputer and StandardScaler. */
export const standard = scalingTransform({
  kind: 'standard',
  version: 1,
  summary: 'Numbers, shifted to mean 0 and scaled to deviation 1.',
  parameters: z.strictObject({ impute: imputation('mean') }),
  steps({ moments }) {
    const [mean, deviation] = [moments.mean(), moments.deviation()];
    return { center: mean, scale: divisorOf(deviation, Math.abs(mean)) };
  },
});
