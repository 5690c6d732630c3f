import type { Optimizer as GradientTransforms } from '@athanor/autodiff';
import type { ComponentKind } from '@athanor/components';
import { z } from 'zod';

/** How gradients become updates. */
export interface OptimizerKind<P extends SharedParameters = SharedParameters> extends ComponentKind<P> {
  build(parameters: P): GradientTransforms;
}

/** Parameters that every optimizer has. */
export interface SharedParameters {
  readonly learningRate: number;
  readonly clipNorm: number;
}

export const sharedParameters = (learningRate: number) => ({
  learningRate: z.number().positive().default(learningRate).describe('Step size.'),
  clipNorm: z
    .number()
    .min(0)
    .default(0)
    .describe('Gradients with a larger global norm are scaled down to it; 0: no clipping.'),
});

export const weightDecay = z.number().min(0).default(0).describe('Weight decay per step.');
