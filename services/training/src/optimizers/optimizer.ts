import type { Optimizer as GradientTransforms } from '@athanor/autodiff';
import type { ComponentKind } from '@athanor/components';
import { z } from 'zod';

/** How gradients become updates. */
export interface OptimizerKind<P extends SharedParameters = SharedParameters> extends ComponentKind<P> {
  /** For a loss that is convex in the parameters, and for other networks. */
  readonly learningRates: LearningRates;
  build(parameters: P): GradientTransforms;
}

export interface LearningRates {
  readonly convex: number;
  readonly network: number;
}

/** Parameters that every optimizer has. */
export interface SharedParameters {
  /** 0: one of `learningRates`, by the model. */
  readonly learningRate: number;
  readonly clipNorm: number;
  readonly clipValue: number;
  readonly averageDecay: number;
  readonly reportNorm: boolean;
}

export const sharedParameters = ({ convex, network }: LearningRates) => ({
  learningRate: z
    .number()
    .min(0)
    .default(0)
    .describe(`Step size; 0: ${convex === network ? network : `${network}, or ${convex} for a linear model`}.`),
  clipNorm: z
    .number()
    .min(0)
    .default(0)
    .describe('Gradients with a larger global norm are scaled down to it; 0: no clipping.'),
  clipValue: z.number().min(0).default(0).describe('Each element of a gradient is limited to this size; 0: no limit.'),
  reportNorm: z
    .boolean()
    .default(false)
    .describe(
      'Whether the global norm of the gradients is reported, for about 5 % of the time of a small network; with clipNorm it always is.',
    ),
  averageDecay: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe(
      'Decay of the moving average of the weights, which is then evaluated and served instead of them; 0: none.',
    ),
});

/** Parameters of optimizers with weight decay. Parameters that are not trained never decay. */
export const weightDecay = {
  weightDecay: z.number().min(0).default(0).describe('Weight decay per step.'),
  decayParameters: z
    .enum(['all', 'weights'])
    .default('all')
    .describe(
      'What decays: all parameters, or weights only, without biases and the scales and shifts of normalizations.',
    ),
};
