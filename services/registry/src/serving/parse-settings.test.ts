import type { ServingSettings } from '@athanor/contracts/registry';
import { describe, expect, test } from 'vitest';
import { checkSettings, parseSettings, type RawSettings } from './parse-settings.js';
import { readResetMask } from './reset-mask.js';
import { toSettingsMessage } from './settings-message.js';

const absent = {
  ...{ scheduler: null, isolation: null, instances: 0, threadsPerInstance: 0, gpu: 'GPU_UNSPECIFIED' },
  ...{ warmUp: null, labels: null },
};
const parse = (parts: object) => checkSettings({ ...absent, ...parts } as RawSettings, 'serving');
const component = (kind: string, parameters: object) => ({ kind, parameters, version: 0 });
const tensor = (more: object) => ({ name: 'x', dims: [2], content: 'CONTENT_ZERO', raw: Buffer.alloc(0), ...more });
const sample = (...inputs: object[]) => ({ batchSize: 0, count: 0, inputs });

describe('settings', () => {
  test('that are absent are not stated', () => {
    expect(parse({})).toEqual({ stated: {}, violations: [] });
    expect(parseSettings(null, 'serving').stated).toEqual({});
  });

  test('of components have their defaults filled in', () => {
    const { stated } = parse({ scheduler: component('dynamic', { maxBatchSize: 16 }) });
    expect(stated.scheduler).toMatchObject({
      kind: 'dynamic',
      parameters: { maxBatchSize: 16, maxQueueDelayUs: 0, maxQueueSize: 1_024 },
    });
  });

  test('that are wrong are reported all together, with their paths and what is allowed', () => {
    const { violations } = parse({
      scheduler: component('dynamic', { maxBatchSize: 0, maxBatch: 1 }),
      isolation: component('proces', {}),
      ...{ instances: 1_000, threadsPerInstance: 257 },
    });
    expect(violations).toEqual([
      { field: 'serving.instances', description: expect.stringMatching(/^expected 1 to 64, got 1000; each instance/) },
      { field: 'serving.threads_per_instance', description: expect.stringMatching(/got 257/) },
      { field: 'serving.scheduler.parameters.maxBatchSize', description: expect.stringMatching(/got 0/) },
      {
        field: 'serving.scheduler.parameters.maxBatch',
        description: expect.stringMatching(/no such parameter: its parameters are maxBatchSize/),
      },
      { field: 'serving.isolation.kind', description: expect.stringMatching(/did you mean 'process'/) },
    ]);
  });

  test('survive the way to JSON and back', () => {
    const raw = Buffer.from([1, 2, 3, 4]);
    const { stated } = parse({
      gpu: 'GPU_REQUIRED',
      warmUp: {
        samples: [
          sample(tensor({ content: 'CONTENT_RAW', raw }), tensor({ name: 'z', content: 'CONTENT_UNSPECIFIED' })),
        ],
      },
      labels: { outputs: [{ output: 'y', labels: ['a', 'b'] }] },
    });
    const message = toSettingsMessage(JSON.parse(JSON.stringify(stated)));
    expect(message).toMatchObject({
      gpu: 'GPU_REQUIRED',
      scheduler: null,
      warmUp: {
        samples: [{ batchSize: 1, count: 1, inputs: [{ raw }, { content: 'CONTENT_ZERO' }] }],
      },
      labels: { outputs: [{ output: 'y', labels: ['a', 'b'] }] },
    });
    expect(parseSettings(message as ServingSettings, 'serving').stated).toEqual(stated);
  });

  test('bound a warm-up', () => {
    const fields = (samples: object[]) => parse({ warmUp: { samples } }).violations.map(({ field }) => field);
    expect(fields(Array.from({ length: 17 }, () => sample()))).toEqual(['serving.warm_up.samples']);
    expect(fields([sample(tensor({ dims: [5_000, 5_000] }))])).toEqual(['serving.warm_up.samples[0].inputs[0].dims']);
    expect(fields([sample(tensor({ dims: [-1] }), tensor({}))])).toEqual([
      'serving.warm_up.samples[0].inputs[0].dims',
      'serving.warm_up.samples[0].inputs[1].name',
    ]);
    expect(fields([{ ...sample(), count: 2_000 }])).toEqual(['serving.warm_up.samples']);
    const raw = Buffer.alloc(1024 * 1024 + 1);
    expect(fields([sample(tensor({ content: 'CONTENT_RAW', raw }))])).toEqual(['serving.warm_up.samples']);
    expect(fields([sample(tensor({ content: 'CONTENT_RAW' }))])).toEqual(['serving.warm_up.samples[0].inputs[0].raw']);
  });

  test('bound the names of classes', () => {
    const fields = (outputs: object[]) => parse({ labels: { outputs } }).violations.map(({ field }) => field);
    const many = Array.from({ length: 100_001 }, () => 'x');
    expect(fields([{ output: 'y', labels: many }])).toEqual(['serving.labels']);
    expect(fields([{ output: 'y', labels: ['x'.repeat(1024 * 1024 + 1)] }])).toEqual(['serving.labels']);
    expect(fields([{ output: '', labels: [] }])).toEqual([
      'serving.labels.outputs[0].output',
      'serving.labels.outputs[0].labels',
    ]);
  });
});

test('a mask names parts in snake case or camel case', () => {
  expect(readResetMask(['warm_up', 'threadsPerInstance', 'gpu']).reset).toEqual([
    'warmUp',
    'threadsPerInstance',
    'gpu',
  ]);
  expect(readResetMask(['gpus']).violations).toMatchObject([{ field: 'reset_mask' }]);
});
