import { parseComponent } from '@athanor/components';
import { expect, it } from 'vitest';
import { ARCHITECTURES } from '../architectures/architectures.js';
import { withLearningRate } from './learning-rate.js';
import { OPTIMIZERS } from './optimizers.js';

it.each([
  ['adam', 'linear', {}, 0.02],
  ['adam', 'mlp', {}, 0.001],
  ['adam', 'linear', { learningRate: 0.5 }, 0.5],
  ['sgd', 'linear', {}, 0.01],
  ['sgd', 'mlp', { learningRate: 0 }, 0.01],
] as const)('%s of a %s model with %j has the learning rate %d', (kind, model, parameters, expected) => {
  const optimizer = parseComponent(OPTIMIZERS, { kind, parameters, version: 0 });
  const network = parseComponent(ARCHITECTURES, { kind: model, parameters: {}, version: 0 });
  if (!optimizer.ok || !network.ok) throw new Error('expected valid components');
  const chosen = withLearningRate(optimizer.component as never, network.component);
  expect(chosen.parameters).toEqual({ ...(optimizer.component.parameters as object), learningRate: expected });
});
