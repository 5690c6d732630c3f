import { z } from 'zod';
import { imputation } from './numbers/imputation.js';
import { Moments } from './numbers/moments.js';
import { scalingTransform } from './numbers/number-transform.js';
import { divisorOf } from './numbers/scale.js';
import { quantileOf } from './numbers/sorted-values.js';

const limit = (what: string) => z.number().optional().describe(`${what} instead of the quantile.`);
const quantile = (share: number, what: string) =>
  z.number().min(0).max(1).default(share).describe(`Quantile of the training split that is the ${what}.`);

/** Values beyond the limits become the limits: numpy.clip, with limits that are given or quantiles. */
export const clip = scalingTransform({
  kind: 'clip',
  version: 1,
  summary: 'Numbers limited to a range, by default from the 1st to the 99th percentile, then standardized.',
  parameters: z
    .strictObject({
      low: limit('The lower limit'),
      high: limit('The upper limit'),
      lowerQuantile: quantile(0.01, 'lower limit'),
      upperQuantile: quantile(0.99, 'upper limit'),
      standardize: z.boolean().default(true).describe('Shifts the limited values to mean 0 and deviation 1.'),
      impute: imputation('mean'),
    })
    .refine(({ low = -Infinity, high = Infinity }) => low < high, {
      path: ['high'],
      message: 'expected a number above low',
    })
    .refine(parameters => parameters.lowerQuantile < parameters.upperQuantile, {
      path: ['upperQuantile'],
      message: 'expected a number above lowerQuantile',
    }),
  keepsValues: () => true,
  steps({ sorted }, parameters) {
    const { low, high, standardize } = parameters;
    // A limit that is given may be beyond the other one's quantile: then it replaces that too.
    const lower = low ?? Math.min(quantileOf(sorted, parameters.lowerQuantile), high ?? Infinity);
    const upper = high ?? Math.max(quantileOf(sorted, parameters.upperQuantile), lower);
    if (!standardize) return { lower, upper };
    const moments = new Moments();
    for (const value of sorted) moments.add(Math.min(Math.max(value, lower), upper));
    const [mean, deviation] = [moments.mean(), moments.deviation()];
    return { lower, upper, center: mean, scale: divisorOf(deviation, Math.abs(mean)) };
  },
});
