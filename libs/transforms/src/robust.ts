import { z } from 'zod';
import { imputation } from './numbers/imputation.js';
import { scalingTransform } from './numbers/number-transform.js';
import { divisorOf } from './numbers/scale.js';
import { quantileOf } from './numbers/sorted-values.js';

/** (x - median) / interquartile range, as scikit-learn's SimpleImputer and RobustScaler. */
export const robust = scalingTransform({
  kind: 'robust',
  version: 1,
  summary: 'Numbers, shifted by the median and scaled by a range of quantiles, which outliers do not change.',
  parameters: z
    .strictObject({
      lowerQuantile: z.number().min(0).max(1).default(0.25).describe('Lower end of the range.'),
      upperQuantile: z.number().min(0).max(1).default(0.75).describe('Upper end of the range; above the lower one.'),
      impute: imputation('median'),
    })
    .refine(parameters => parameters.lowerQuantile < parameters.upperQuantile, {
      path: ['upperQuantile'],
      message: 'expected a number above lowerQuantile',
    }),
  keepsValues: () => true,
  steps({ sorted }, parameters) {
    const lower = quantileOf(sorted, parameters.lowerQuantile);
    const upper = quantileOf(sorted, parameters.upperQuantile);
    const scale = divisorOf(upper - lower, Math.max(Math.abs(lower), Math.abs(upper)));
    return { center: quantileOf(sorted, 0.5), scale };
  },
});
