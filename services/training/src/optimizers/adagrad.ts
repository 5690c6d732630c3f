import { adagrad as adagradTransforms } from '@athanor/autodiff';
import { z } from 'zod';
import { clipping } from './clipping.js';
import { type OptimizerKind, sharedParameters, weightDecay } from './optimizer.js';

const learningRates = { convex: 1e-1, network: 1e-2 };

const parameters = z.strictObject({
  ...sharedParameters(learningRates),
  ...weightDecay,
  epsilon: z.number().positive().default(1e-10).describe('Added to the denominator.'),
});

export const adagrad: OptimizerKind<z.output<typeof parameters>> = {
  kind: 'adagrad',
  version: 1,
  summary: 'Adagrad (Duchi, Hazan, Singer 2011): for sparse features.',
  parameters,
  learningRates,
  build: given => [...clipping(given), ...adagradTransforms(given)],
};
