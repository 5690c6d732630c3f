import type { ResolvedComponent } from '@athanor/components';
import { ARCHITECTURES } from '../architectures/architectures.js';
import type { SharedParameters } from './optimizer.js';
import { OPTIMIZERS } from './optimizers.js';

type Optimizer = ResolvedComponent<SharedParameters>;

/** The optimizer with the learning rate that suits the model, unless it has one. */
export function withLearningRate(optimizer: Optimizer, model: ResolvedComponent): Optimizer {
  if (optimizer.parameters.learningRate > 0) return optimizer;
  const { convex, network } = OPTIMIZERS.kinds[optimizer.kind]!.learningRates;
  const isConvex = ARCHITECTURES.kinds[model.kind]?.isConvex ?? false;
  return { ...optimizer, parameters: { ...optimizer.parameters, learningRate: isConvex ? convex : network } };
}
