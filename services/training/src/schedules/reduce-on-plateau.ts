import { z } from 'zod';
import type { Schedule } from './schedule.js';

const parameters = z.strictObject({
  factor: z.number().positive().lt(1).default(0.1).describe('By what the learning rate is multiplied each time.'),
  patience: z.int().min(0).default(2).describe('Epochs without a better validation loss that are waited for.'),
  threshold: z
    .number()
    .min(0)
    .lt(1)
    .default(1e-4)
    .describe('Share of the best loss by which another must be smaller to be better.'),
});

export const reduceOnPlateau: Schedule<z.output<typeof parameters>> = {
  kind: 'reduce-on-plateau',
  version: 1,
  summary: 'The learning rate is reduced when the validation loss no longer falls.',
  parameters,
  factor({ factor, patience, threshold }, { validationLosses }) {
    let [best, waited, reductions] = [Number.POSITIVE_INFINITY, 0, 0];
    for (const loss of validationLosses) {
      const isBetter = loss < best * (1 - threshold);
      waited = isBetter ? 0 : waited + 1;
      if (isBetter) best = loss;
      if (waited <= patience) continue;
      reductions++;
      waited = 0;
    }
    return factor ** reductions;
  },
};
