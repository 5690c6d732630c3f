import { parseComponent } from '@athanor/components';
import { expect, test } from 'vitest';
import { train } from '../engine/train.js';
import { columnData, columnSpec, modelOf, optimizerOf } from '../engine/training-data.testkit.js';
import { ARCHITECTURES } from './architectures.js';

const TABLE = {
  rows: 100,
  width: 6,
  indices: [{ name: 'city', cardinality: 20 }],
  images: [],
};
const IMAGES = {
  ...{ rows: 100, width: 0, indices: [] },
  images: [{ name: 'image', channels: 3, height: 16, width: 16 }],
};

test.each([
  ['linear', {}, { ...TABLE, indices: [] }],
  ['mlp', { normalization: 'layer' }, TABLE],
  ['cnn', {}, IMAGES],
  ['resnet', {}, IMAGES],
  ['mobilenet', {}, IMAGES],
])('of %s, weights and embeddings decay; biases, scales and shifts need not', (kind, parameters, inputs) => {
  const parsed = parseComponent(ARCHITECTURES, { kind, parameters, version: 0 });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const model = parsed.kind.build(parsed.component.parameters, inputs, 3);
  const decayed = model.parameters.filter(({ isDecayed = true }) => isDecayed).map(({ name }) => name);
  expect(decayed).toEqual(model.parameters.map(({ name }) => name).filter(name => /weight$|^embedding\./.test(name)));
  expect(decayed.length).toBeGreaterThan(0);
  expect(decayed.length).toBeLessThan(model.parameters.length);
});

test('decay of weights alone does not shrink the scales of a normalization', async () => {
  const model = modelOf('mlp', { hidden: [8], normalization: 'layer' });
  const trained = async (decayParameters: string) => {
    const optimizer = optimizerOf('sgd', { learningRate: 0.01, weightDecay: 5, decayParameters });
    const result = await train({ spec: columnSpec({ model, optimizer, epochs: 8 }), data: columnData() });
    if (result.status !== 'completed') throw new Error('expected a completed training');
    const largest = (name: string) => Math.max(...result.weights.get(name)!.data.map(Math.abs));
    return { scale: largest('layer0.norm.scale'), weight: largest('layer0.weight') };
  };
  const [all, weights] = [await trained('all'), await trained('weights')];
  // 48 steps of decay leave (1 - 0.05)^48 = 0.085 of a parameter.
  expect(all.scale).toBeLessThan(0.2);
  expect(weights.scale).toBeGreaterThan(0.9);
  expect(Math.max(all.weight, weights.weight)).toBeLessThan(0.2);
});
