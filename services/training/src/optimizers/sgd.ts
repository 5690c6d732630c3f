import { sgd as sgdTransforms } from '@athanor/autodiff';
import { z } from 'zod';
import { clipping } from './clipping.js';
import { type OptimizerKind, sharedParameters, weightDecay } from './optimizer.js';

const learningRates = { convex: 1e-2, network: 1e-2 };

const parameters = z.strictObject({
  ...sharedParameters(learningRates),
  ...weightDecay,
  momentum: z.number().min(0).lt(1).default(0).describe('Share of the previous update.'),
  nesterov: z.boolean().default(false).describe("Nesterov's look-ahead."),
});

export const sgd: OptimizerKind<z.output<typeof parameters>> = {
  kind: 'sgd',
  version: 1,
  summary: 'Stochastic gradient descent, with momentum if wanted.',
  parameters,
  learningRates,
  build: given => [...clipping(given), ...sgdTransforms(given)],
};
