import { z } from 'zod';

const STRATEGIES = ['mean', 'median', 'mode', 'constant'] as const;
export const INDICATORS = ['auto', 'always', 'never'] as const;
export type IndicatorMode = (typeof INDICATORS)[number];

export interface Imputation {
  readonly strategy: (typeof STRATEGIES)[number];
  readonly fill: number;
  readonly indicator: IndicatorMode;
}

export const indicatorParameter = z
  .enum(INDICATORS)
  .default('auto')
  .describe('Adds an element that is 1 where the value is missing: auto adds it if the training split has any.');

/** How missing values are replaced before anything else: scikit-learn's SimpleImputer. */
export function imputation(strategy: Imputation['strategy']): z.ZodType<Imputation> {
  return z
    .strictObject({
      strategy: z
        .enum(STRATEGIES)
        .default(strategy)
        .describe('What replaces a missing value; mode is the most frequent value, the smallest of several.'),
      fill: z.number().default(0).describe('The value of the strategy constant, and of a column without any value.'),
      indicator: indicatorParameter,
    })
    .prefault({})
    .describe('How missing values are replaced. An infinite value counts as missing.');
}

export function hasIndicator(mode: IndicatorMode, missing: number): boolean {
  return mode === 'always' || (mode === 'auto' && missing > 0);
}
