import { rmsProp as rmsPropTransforms } from '@athanor/autodiff';
import { z } from 'zod';
import { clipping } from './clipping.js';
import { type OptimizerKind, sharedParameters, weightDecay } from './optimizer.js';

const learningRates = { convex: 1e-2, network: 1e-3 };

const parameters = z.strictObject({
  ...sharedParameters(learningRates),
  ...weightDecay,
  alpha: z.number().min(0).lt(1).default(0.99).describe('Decay of the mean of squared gradients.'),
  epsilon: z.number().positive().default(1e-8).describe('Added to the denominator.'),
  momentum: z.number().min(0).lt(1).default(0).describe('Share of the previous update.'),
});

export const rmsProp: OptimizerKind<z.output<typeof parameters>> = {
  kind: 'rmsprop',
  version: 1,
  summary: 'RMSProp (Hinton 2012): gradients divided by the root of their mean square.',
  parameters,
  learningRates,
  build: given => [...clipping(given), ...rmsPropTransforms(given)],
};
