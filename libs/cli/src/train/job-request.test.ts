import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromComponent, toStruct } from '@athanor/contracts';
import type { Component, ComponentKind } from '@athanor/contracts/api';
import type { TrainingSpec } from '@athanor/contracts/training';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readParameters } from '../components/component-options.js';
import { wire } from '../components/wire.testkit.js';
import { specFields } from '../job/spec-text.js';
import { AUGMENT } from './augmentations.js';
import { JOB_FAMILIES, type RequestOptions, toSpec } from './job-request.js';
import { toPlainSpec } from './plain-spec.js';
import { TRANSFORM } from './transforms.js';

const kindOf = (kind: string, properties: object) => ({
  ...{ family: 'augmentation', kind, version: 1, summary: '' },
  parametersSchema: wire(toStruct({ properties })),
});
const kinds = [
  kindOf('flip', { vertical: { type: 'number' } }),
  kindOf('crop', { padding: { type: 'integer' } }),
  { ...kindOf('image', { means: { type: 'array', items: { type: 'number' } } }), family: 'transform' },
] as unknown as ComponentKind[];

const specOf = (options: RequestOptions, words: string[] = []) =>
  toSpec({ dataset: 'cifar', ...options }, readParameters(words, [...JOB_FAMILIES, AUGMENT]), kinds);
const augmentationsOf = async (options: RequestOptions, words?: string[]) =>
  (await specOf(options, words)).augmentations?.map(each => fromComponent(wire(each) as Component));

describe('--transform', () => {
  const transformsOf = async (transform: string[], words: string[] = []) => {
    const { transforms } = await toSpec({ dataset: 'cifar', transform }, readParameters(words, [TRANSFORM]), kinds);
    return transforms?.map(({ columns, transform: each }) => [columns, fromComponent(wire(each) as Component)]);
  };

  it('has parameters by column, with the types of its schema', async () => {
    const words = ['--transform.my-image.means', '0.5,0.4', '--transform.a.b.means=0.1'];
    expect(await transformsOf(['my-image=image', 'a.b=image', 'c=image'], words)).toEqual([
      [['my-image'], { kind: 'image', parameters: { means: [0.5, 0.4] }, version: 0 }],
      [['a.b'], { kind: 'image', parameters: { means: [0.1] }, version: 0 }],
      [['c'], { kind: 'image', parameters: {}, version: 0 }],
    ]);
  });

  it.each([
    [['x=image'], ['--transform.y.means', '1'], 'of a column of --transform, got x'],
    [['x=image'], ['--transform.x', '1'], 'expected --transform.<column>.<parameter>'],
    [['x'], [], "expected column=kind, got 'x'"],
  ])('%j with %j is refused', async (named, words, message) => {
    const failure = await transformsOf(named, words).catch(error => error);
    expect(failure).toMatchObject({ exitCode: 2, message: expect.stringContaining(message) });
  });
});

describe('--augment', () => {
  it('names kinds in their order, and its parameters belong to one of them, with the types of its schema', async () => {
    const words = ['--augment.crop.padding', '6', '--augment.flip.vertical=0.25'];
    expect(await augmentationsOf({ augment: ['crop', 'flip'] }, words)).toEqual([
      { kind: 'crop', parameters: { padding: 6 }, version: 0 },
      { kind: 'flip', parameters: { vertical: 0.25 }, version: 0 },
    ]);
    expect(await augmentationsOf({})).toBeUndefined();
  });

  it('leaves an unknown kind to the service, which knows what there is', async () => {
    expect(await augmentationsOf({ augment: ['flp'] })).toEqual([{ kind: 'flp', parameters: {}, version: 0 }]);
  });

  it.each([
    [['flip'], '--augment.crop.padding', "expected 'crop' among the kinds of --augment, got flip"],
    [undefined, '--augment.crop.padding', "expected 'crop' among the kinds of --augment, got none"],
    [['crop'], '--augment.padding', 'expected --augment.<kind>.<parameter>, got --augment.padding'],
  ])('%s with %s is refused', async (augment, word, message) => {
    const failure = await specOf(augment === undefined ? {} : { augment }, [word, '6']).catch(error => error);
    expect(failure).toMatchObject({ exitCode: 2, message: expect.stringContaining(message) });
  });
});

describe('augmentations of a resolved job', () => {
  const component = (kind: string, parameters: object) =>
    ({ kind, parameters: wire(toStruct(parameters)), version: 1 }) as Component;
  const resolved = {
    ...{ datasetId: 'cifar', datasetVersion: 1, targets: ['label'], inputs: ['image'], weight: '', slices: [] },
    ...{ task: component('multiclass', {}), model: component('resnet', {}), optimizer: component('adam', {}) },
    ...{ schedule: null, transforms: [], epochs: 3, batchSize: 8, seed: 0, cpuThreads: 1, checkpointEverySteps: 0 },
    augmentations: [component('flip', { horizontal: 0.5, vertical: 0 }), component('crop', { padding: 4 })],
    ...{ earlyStopping: null, evaluated: null },
  } as unknown as TrainingSpec;

  it('are shown in its text', () => {
    expect(new Map(specFields(resolved)).get('Augmentation')).toBe('flip: horizontal 0.5, vertical 0; crop: padding 4');
    expect(new Map(specFields({ ...resolved, augmentations: [] })).get('Augmentation')).toBe('');
  });

  it('come back from the YAML of --print-spec, and --augment replaces them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'athanor-spec-'));
    const spec = join(folder, 'job.yaml');
    await writeFile(spec, stringify(toPlainSpec(resolved)));
    expect(await augmentationsOf({ spec })).toEqual([
      { kind: 'flip', parameters: { horizontal: 0.5, vertical: 0 }, version: 1 },
      { kind: 'crop', parameters: { padding: 4 }, version: 1 },
    ]);
    expect(await augmentationsOf({ spec, augment: [] })).toEqual([]);
    expect(await augmentationsOf({ spec, augment: ['crop'] })).toEqual([{ kind: 'crop', parameters: {}, version: 0 }]);
    expect(toPlainSpec({ ...resolved, augmentations: [] })).not.toHaveProperty('augmentations');
    await rm(folder, { recursive: true });
  });
});
