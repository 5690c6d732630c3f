import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromComponent, toComponent, toStruct } from '@athanor/contracts';
import type { Component, ComponentKind } from '@athanor/contracts/api';
import type { Deployment } from '@athanor/contracts/registry';
import { describe, expect, it } from 'vitest';
import { readParameters } from '../components/component-options.js';
import { wire } from '../components/wire.testkit.js';
import { SETTING_FAMILIES, type SetOptions, toSetRequest } from './deployment-request.js';

const schema = { properties: { maxBatchSize: { type: 'integer' }, maxQueueDelayUs: { type: 'integer' } } };
const kinds = [
  { family: 'scheduler', kind: 'dynamic', version: 1, summary: '', parametersSchema: wire(toStruct(schema)) },
] as unknown as ComponentKind[];

const current = {
  ...{ name: 'pets', modelName: 'm', alias: '', version: 2, revision: 7 },
  serving: {
    scheduler: wire(toComponent({ kind: 'dynamic', parameters: { maxBatchSize: 8 }, version: 1 })) as Component,
    isolation: null,
    labels: { outputs: [{ output: 'y', labels: ['a', 'b'] }] },
  },
} as unknown as Deployment;

const request = (options: SetOptions, words: string[] = [], before: Deployment | null = null) =>
  toSetRequest({ name: 'pets', options, given: readParameters(words, SETTING_FAMILIES), kinds }, before);
const targetOf = async (options: SetOptions, before: Deployment | null = null) => {
  const { modelName, alias, version } = (await request(options, [], before)).deployment!;
  return { modelName, alias, version };
};

describe('the target', () => {
  it('of a new deployment is the champion of the model with its name unless another is named', async () => {
    expect(await targetOf({})).toEqual({ modelName: 'pets', alias: 'champion' });
    expect(await targetOf({ model: 'm' })).toEqual({ modelName: 'm', alias: 'champion' });
    expect(await targetOf({ model: 'm@3' })).toEqual({ modelName: 'm', version: 3 });
    expect(await targetOf({ model: 'm:3' })).toEqual({ modelName: 'm', version: 3 });
    expect(await targetOf({ model: 'm@canary' })).toEqual({ modelName: 'm', alias: 'canary' });
    expect(await targetOf({ version: 4 })).toEqual({ modelName: 'pets', version: 4 });
  });

  it('of an existing deployment stays unless it is named', async () => {
    expect(await targetOf({ instances: 2 }, current)).toEqual({});
    expect(await targetOf({ model: 'm' }, current)).toEqual({});
    expect(await targetOf({ version: 3 }, current)).toEqual({ modelName: 'm', version: 3 });
    expect(await targetOf({ model: 'other' }, current)).toEqual({ modelName: 'other', alias: 'champion' });
  });

  it('is named once', async () => {
    await expect(request({ model: 'm@1', alias: 'canary' })).rejects.toThrow('leave out --alias and --version');
  });
});

describe('the settings', () => {
  it('have what is named, and nothing else', async () => {
    const { deployment, expectedRevision } = await request({ instances: 2, gpu: 'off', stop: true }, [], current);
    expect(deployment).toMatchObject({
      serving: { instances: 2, threadsPerInstance: 0, gpu: 'GPU_OFF' },
      stopped: true,
    });
    expect(Object.keys(deployment!.serving!)).toEqual(['instances', 'threadsPerInstance', 'gpu']);
    expect(expectedRevision).toBeUndefined();
  });

  it('have a new scheduler if it is named, else a changed parameter of the current one', async () => {
    const schedulerOf = async (options: SetOptions, before: Deployment | null) => {
      const made = await request(options, ['--scheduler.max-queue-delay-us', '500'], before);
      const scheduler = fromComponent(wire(made.deployment!.serving!.scheduler) as Component);
      return { scheduler, expectedRevision: made.expectedRevision };
    };
    expect(await schedulerOf({ scheduler: 'dynamic' }, current)).toEqual({
      scheduler: { kind: 'dynamic', parameters: { maxQueueDelayUs: 500 }, version: 0 },
      expectedRevision: undefined,
    });
    expect(await schedulerOf({}, current)).toEqual({
      scheduler: { kind: 'dynamic', parameters: { maxBatchSize: 8, maxQueueDelayUs: 500 }, version: 1 },
      expectedRevision: 7,
    });
    await expect(schedulerOf({}, null)).rejects.toThrow('name the scheduler with --scheduler too');
  });

  it('have the labels of the outputs that are named, and keep the others', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'labels-'));
    const file = join(folder, 'labels.txt');
    await writeFile(file, 'cat\r\ndog\n\n');
    const { deployment, expectedRevision } = await request({ labels: [`z=${file}`] }, [], current);
    expect(deployment!.serving!.labels).toEqual({
      outputs: [
        { output: 'y', labels: ['a', 'b'] },
        { output: 'z', labels: ['cat', 'dog'] },
      ],
    });
    expect(expectedRevision).toBe(7);
    expect((await request({ labels: ['y='] }, [], current)).deployment!.serving!.labels).toEqual({ outputs: [] });
    await expect(request({ labels: ['z=/none'] })).rejects.toThrow('--labels: /none cannot be read');
    await expect(request({ labels: ['labels.txt'] })).rejects.toThrow('expected output=file');
    await rm(folder, { recursive: true });
  });

  it('can be set back by the names of their options', async () => {
    expect((await request({ reset: ['threads', 'warm-up'] }, [], current)).resetMask).toEqual({
      paths: ['threads_per_instance', 'warm_up'],
    });
  });

  it('have a warm-up, whose mistakes are named', async () => {
    const sample = {
      batchSize: 8,
      inputs: [
        { name: 'x', dims: [3], content: 'random' },
        { name: 'y', raw: 'AAE=' },
      ],
    };
    const { deployment } = await request({ warmUp: JSON.stringify([sample]) });
    expect(deployment!.serving!.warmUp).toEqual({
      samples: [
        {
          ...{ batchSize: 8, count: 0 },
          inputs: [
            { name: 'x', dims: [3], content: 'CONTENT_RANDOM', raw: Buffer.alloc(0) },
            { name: 'y', dims: [], content: 'CONTENT_RAW', raw: Buffer.from([0, 1]) },
          ],
        },
      ],
    });
    for (const [text, message] of [
      ['{', /--warm-up is not JSON/],
      ['{}', /expected a list/],
      ['[{"rows": 1}]', /--warm-up\[0\]: expected batchSize, count, inputs, got rows/],
      ['[{"inputs": [{"name": "x", "content": "noise"}]}]', /content: expected zero, random, raw, got "noise"/],
      ['[{"batchSize": 1.5}]', /batchSize: expected a whole number, got 1\.5/],
    ] as const)
      await expect(request({ warmUp: text })).rejects.toThrow(message);
  });
});
