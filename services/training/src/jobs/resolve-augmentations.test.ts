import { fromComponent, toComponent } from '@athanor/contracts';
import type { Component } from '@athanor/contracts/api';
import type { TrainingSpec } from '@athanor/contracts/training';
import { ServiceError } from '@athanor/service/errors';
import { expect, test } from 'vitest';
import type { ColumnFacts, DatasetFacts } from './dataset-facts.js';
import { resolveSpec } from './resolve-spec.js';

const column = (name: string, type: ColumnFacts['type'], role: ColumnFacts['role'] = 'input'): ColumnFacts => ({
  ...{ name, type, role, nullable: false, unique: 3 },
});
const facts: DatasetFacts = {
  ...{ name: 'pictures v1', trainRows: 100, validationRows: 10 },
  columns: [
    column('image', { kind: 'vector', dtype: 'UINT8', shape: [8, 10, 3] }),
    column('label', { kind: 'category' }, 'target'),
  ],
};
const component = (kind: string, parameters: object = {}) => wire(toComponent({ kind, parameters, version: 0 }));
const specOf = (changes: Partial<TrainingSpec>) =>
  ({
    ...{ targets: [], inputs: [], weight: '', slices: [], transforms: [], epochs: 1, batchSize: 8, augmentations: [] },
    accumulateSteps: 0,
    ...{ task: null, model: component('resnet'), optimizer: null, schedule: null, earlyStopping: null },
    ...changes,
  }) as unknown as TrainingSpec;

/** As the decoder of messages gives it. */
function wire(value: unknown): Component {
  const marked = JSON.stringify(value).replaceAll(/\{"(\w+Value)":/g, '{"kind":"$1","$1":');
  return JSON.parse(marked) as Component;
}

const resolve = (augmentations: Component[], changes: Partial<TrainingSpec> = {}) =>
  resolveSpec(specOf({ augmentations, ...changes }), facts).augmentations!.map(each => fromComponent(wire(each)));

function violationsOf(augmentations: Component[], changes?: Partial<TrainingSpec>): [string, string][] {
  try {
    resolve(augmentations, changes);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return error.data.violations!.map(({ field, description }) => [field, description]);
  }
  return [];
}

test('augmentations keep their order and get their defaults; there are none unless a request names some', () => {
  expect(resolve([component('crop', { padding: 6 }), component('flip')])).toEqual([
    { kind: 'crop', parameters: { padding: 6 }, version: 1 },
    { kind: 'flip', parameters: { horizontal: 0.5, vertical: 0 }, version: 1 },
  ]);
  expect(resolve([])).toEqual([]);
});

test('all problems are reported together, with those of the other components', () => {
  const wrong = [component('flp'), component('flip', { horizontal: 2 }), component('crop', { padding: 8 })];
  expect(violationsOf(wrong, { optimizer: component('adm') })).toEqual([
    [
      'spec.augmentations[0].kind',
      "expected an augmentation of flip, crop, color, cutout, got 'flp'; did you mean 'flip'?",
    ],
    ['spec.augmentations[1].parameters.horizontal', expect.stringContaining('got 2')],
    [
      'spec.augmentations[2]',
      expect.stringMatching(/^'crop' of 'image': expected a padding of fewer than the 8 pixels/),
    ],
    ['spec.optimizer.kind', expect.stringContaining("did you mean 'adam'?")],
  ]);
});

test('a model that takes no images, and a job without images, are refused with what to do', () => {
  expect(violationsOf([component('flip')], { model: component('mlp') })).toEqual([
    [
      'spec.augmentations',
      "'mlp' takes no images that could be changed; choose one of cnn, resnet, mobilenet, fine-tune",
    ],
  ]);
  const transforms = [{ columns: ['image'], transform: component('pixels') }];
  expect(violationsOf([component('flip')], { transforms })).toEqual([
    ['spec.augmentations', "no input is encoded as an image; name a column of images with the transform 'image'"],
  ]);
  expect(violationsOf(Array.from({ length: 17 }, () => component('flip')))).toEqual([
    ['spec.augmentations', 'expected at most 16, received 17'],
  ]);
});
