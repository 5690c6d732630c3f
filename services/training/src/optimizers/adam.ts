import { adam as adamTransforms } from '@athanor/autodiff';
import { z } from 'zod';
import { clipping } from './clipping.js';
import { type OptimizerKind, sharedParameters, weightDecay } from './optimizer.js';

// A convex loss has no narrow valleys that a larger step would leave.
const learningRates = { convex: 2e-2, network: 1e-3 };

const parameters = z.strictObject({
  ...sharedParameters(learningRates),
  ...weightDecay,
  beta1: z.number().min(0).lt(1).default(0.9).describe('Decay of the mean of gradients.'),
  beta2: z.number().min(0).lt(1).default(0.999).describe('Decay of the mean of squared gradients.'),
  epsilon: z.number().positive().default(1e-8).describe('Added to the denominator.'),
});

export const adam: OptimizerKind<z.output<typeof parameters>> = {
  kind: 'adam',
  version: 1,
  summary: 'Adam (Kingma and Ba 2015); with weight decay AdamW.',
  parameters,
  learningRates,
  build: given => [...clipping(given), ...adamTransforms(given)],
};
