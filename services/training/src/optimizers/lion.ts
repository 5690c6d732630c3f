import { lion as lionTransforms } from '@athanor/autodiff';
import { z } from 'zod';
import { clipping } from './clipping.js';
import { type OptimizerKind, sharedParameters, weightDecay } from './optimizer.js';

const learningRates = { convex: 2e-3, network: 1e-4 };

const parameters = z.strictObject({
  ...sharedParameters(learningRates),
  ...weightDecay,
  beta1: z.number().min(0).lt(1).default(0.9).describe('Share of the mean of gradients in the update.'),
  beta2: z.number().min(0).lt(1).default(0.99).describe('Decay of the mean of gradients.'),
});

export const lion: OptimizerKind<z.output<typeof parameters>> = {
  kind: 'lion',
  version: 1,
  summary: 'Lion (Chen et al. 2023): the sign of the mean gradient; half the memory of Adam.',
  parameters,
  learningRates,
  build: given => [...clipping(given), ...lionTransforms(given)],
};
