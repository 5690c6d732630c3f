import type { Component, TensorSpec } from '@athanor/contracts/api';
import type { TrainingResult, TrainingSpec } from '@athanor/contracts/training';
import { expect, test } from 'vitest';
import { versionDigest, versionManifest } from './version-digest.js';

const component = (kind: string) => ({ kind, parameters: { fields: {} }, version: 1 }) as Component;
const spec = {
  ...{ datasetDigest: 'sha256:data', task: component('multiclass'), model: component('mlp') },
  ...{ optimizer: component('adam'), transforms: [], targets: ['y'], inputs: ['a'], epochs: 2, batchSize: 16 },
  ...{ seed: 1, cpuThreads: 1, weight: '', earlyStopping: null, augmentations: [] },
} as unknown as TrainingSpec;

const resultWith = (more: Partial<TensorSpec>) => {
  const tensor = (name: string, datatype: string, shape: number[]) =>
    ({ name, datatype, shape, ...more }) as TensorSpec;
  const inputs = [tensor('a', 'FP64', [-1, 1])];
  const outputs = [tensor('label', 'INT64', [-1])];
  return {
    files: [{ name: 'model.onnx', digest: 'sha256:m', byteSize: 5 }],
    signature: { inputs, outputs, classes: ['x', 'y'], columns: [], task: 'multiclass' },
    ...{ runtime: 'onnxruntime 1.30.0', instructionSet: 'avx2' },
  } as unknown as TrainingResult;
};

// Computed before axes were part of signatures.
const EARLIER = 'sha256:5774854f1cbfdef891e746c711585ac352ca2668ce447df6ad1af79a7c0f9391';

test('a version that was trained here keeps its digest when messages get fields that imported models need', () => {
  expect(versionDigest(versionManifest(spec, resultWith({})))).toBe(EARLIER);
  expect(versionDigest(versionManifest(spec, resultWith({ axes: [] })))).toBe(EARLIER);
  expect(versionDigest(versionManifest({ ...spec, schedule: null }, resultWith({})))).toBe(EARLIER);
  for (const accumulateSteps of [0, 1])
    expect(versionDigest(versionManifest({ ...spec, accumulateSteps }, resultWith({})))).toBe(EARLIER);
});

test('the shuffle buffer, which decides the order of streamed rows, is part of the digest if it is set', () => {
  const digestOf = (shuffleBufferMb: number) =>
    versionDigest(versionManifest({ ...spec, shuffleBufferMb }, resultWith({})));
  expect(digestOf(0)).toBe(EARLIER);
  expect(new Set([EARLIER, digestOf(64), digestOf(128)]).size).toBe(3);
});

test('a version of accumulated batches has a digest of its own', () => {
  const digests = [2, 4].map(accumulateSteps =>
    versionDigest(versionManifest({ ...spec, accumulateSteps }, resultWith({}))),
  );
  expect(new Set([EARLIER, ...digests]).size).toBe(3);
});

test('bug: the schedule of the learning rate, which decides the weights, was not part of the digest', () => {
  const digests = ['constant', 'cosine'].map(kind =>
    versionDigest(versionManifest({ ...spec, schedule: component(kind) }, resultWith({}))),
  );
  expect(new Set([EARLIER, ...digests]).size).toBe(3);
});

test('the imported version that training started from is part of the digest', () => {
  const digests = ['sha256:a', 'sha256:b'].map(digest => {
    const base = { modelName: 'base', version: 1, versionDigest: digest, files: [] };
    return versionDigest(versionManifest({ ...spec, base }, resultWith({})));
  });
  expect(new Set([EARLIER, ...digests]).size).toBe(3);
  expect(versionDigest(versionManifest({ ...spec, base: null }, resultWith({})))).toBe(EARLIER);
});

test('augmentations, their parameters and their order are part of the digest; a job without any keeps its own', () => {
  const digestOf = (augmentations: readonly Component[]) =>
    versionDigest(versionManifest({ ...spec, augmentations: [...augmentations] }, resultWith({})));
  const [flip, crop] = [component('flip'), component('crop')];
  const wider = { ...crop, parameters: { fields: { padding: { kind: 'numberValue', numberValue: 6 } } } } as Component;
  expect(digestOf([])).toBe(EARLIER);
  const digests = [[flip], [flip, crop], [crop, flip], [flip, wider]].map(digestOf);
  expect(new Set([EARLIER, ...digests]).size).toBe(5);
});
