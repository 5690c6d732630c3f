import { readSafetensors, tensor, writeSafetensors } from '@athanor/tensor';
import { describe, expect, test } from 'vitest';
import type { Cursor } from './checkpoint.js';
import { CheckpointCorrupt, CheckpointMismatch, TrainingDiverged } from './errors.js';
import type { EpochReport } from './reports.js';
import type { TrainingSpec } from './spec.js';
import { type TrainingResult, type TrainOptions, train } from './train.js';
import { columnData, imageData, specOf } from './training-data.testkit.js';

interface Trace {
  readonly checkpoints: Map<number, Uint8Array>;
  readonly losses: number[];
  readonly epochs: EpochReport[];
  readonly steps: number[];
}

async function trace(spec: TrainingSpec, options: Partial<TrainOptions> = {}): Promise<Trace> {
  const result: Trace = { checkpoints: new Map(), losses: [], epochs: [], steps: [] };
  await train({
    spec,
    data: imageData(),
    onChunk: ({ step, losses }) => {
      result.losses.push(...losses);
      result.steps.push(step);
    },
    onEpoch: report => void result.epochs.push(report),
    onCheckpoint: (bytes, { step }: Cursor) => void result.checkpoints.set(step, bytes),
    ...options,
  });
  return result;
}

const optimizers: TrainingSpec['optimizer'][] = [
  { kind: 'adam', learningRate: 0.01 },
  { kind: 'sgd', learningRate: 0.1, momentum: 0.9 },
];

describe.each(optimizers)('training with $kind', optimizer => {
  const spec = specOf({ optimizer });

  test('learns: the loss falls and the reports say so', async () => {
    const { epochs, losses } = await trace({ ...spec, epochs: 16 });
    expect(losses).toHaveLength(96);
    expect(epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 16 }, (_, epoch) => epoch));
    expect(epochs[15]!.trainLoss).toBeLessThan(epochs[0]!.trainLoss / 2);
    expect(epochs[15]!.validationAccuracy).toBeGreaterThan(0.9);
  });

  test('the chunk size does not change the result', async () => {
    const reference = await trace({ ...spec, chunkSteps: 1 });
    for (const chunkSteps of [2, 3, 64])
      expect(await trace({ ...spec, chunkSteps })).toMatchObject({
        checkpoints: reference.checkpoints,
        losses: reference.losses,
        epochs: reference.epochs,
      });
  });

  test('resuming from any checkpoint, also within an epoch, gives the bits of an uninterrupted run', async () => {
    const whole = await trace(spec);
    expect([...whole.checkpoints.keys()]).toEqual([5, 10, 12]);
    for (const step of [5, 10]) {
      const resumed = await trace(spec, { resumeFrom: whole.checkpoints.get(step)! });
      expect(resumed.losses).toEqual(whole.losses.slice(step));
      expect(resumed.checkpoints.get(12)).toEqual(whole.checkpoints.get(12));
      expect(resumed.epochs).toEqual(whole.epochs.slice(-resumed.epochs.length));
      expect(Math.min(...resumed.steps)).toBeGreaterThan(step);
    }
  });
});

test('an aborted run stops between two chunks with a checkpoint to resume from', async () => {
  const spec = specOf({ chunkSteps: 1, checkpointEverySteps: 100 });
  const whole = await trace(spec);
  const controller = new AbortController();
  const stopped = await trace(spec, {
    signal: controller.signal,
    onChunk: ({ step }) => void (step === 3 && controller.abort()),
  });
  expect([...stopped.checkpoints.keys()]).toEqual([3]);
  const resumed = await trace(spec, { resumeFrom: stopped.checkpoints.get(3)! });
  expect(resumed.checkpoints.get(12)).toEqual(whole.checkpoints.get(12));
});

test('a checkpoint at the very end of the job resumes into the finished model', async () => {
  const whole = await trace(specOf());
  const again = await trace(specOf(), { resumeFrom: whole.checkpoints.get(12)! });
  expect(again.losses).toEqual([]);
  // Not a new step: committing its checkpoint again would reset the job's retry budget.
  expect(again.checkpoints.size).toBe(0);
  const parametersOf = (result: TrainingResult) => result.status === 'completed' && result.parameters;
  const options = { spec: specOf(), data: imageData() };
  const resumed = await train({ ...options, resumeFrom: whole.checkpoints.get(12)! });
  expect(parametersOf(resumed)).toEqual(parametersOf(await train(options)));
});

test('different seeds give different weights', async () => {
  const [a, b] = [await trace(specOf({ seed: 1 })), await trace(specOf({ seed: 2 }))];
  expect(a.losses).not.toEqual(b.losses);
});

test('columns are standardized and trained on', async () => {
  const { epochs } = await trace(specOf({ epochs: 10 }), { data: columnData() });
  expect(epochs.at(-1)!.validationAccuracy).toBeGreaterThan(0.9);
});

test('gradient clipping limits the size of a step', async () => {
  const optimizer = { kind: 'sgd', learningRate: 1 } as const;
  const [free, clipped] = [await trace(specOf({ optimizer })), await trace(specOf({ optimizer, clipNorm: 0.01 }))];
  expect(clipped.losses[0]).toBe(free.losses[0]);
  expect(clipped.losses[1]).not.toBe(free.losses[1]);
  expect(Math.abs(clipped.losses[1]! - clipped.losses[0]!)).toBeLessThan(0.5);
});

test('a non-finite loss ends training; the error has the step and a remedy', async () => {
  const failure = await trace(specOf({ optimizer: { kind: 'sgd', learningRate: 1e30 } })).catch(error => error);
  expect(failure).toBeInstanceOf(TrainingDiverged);
  expect(failure).toMatchObject({ epoch: 0, lastFiniteLoss: expect.any(Number) });
  expect(failure.step).toBeGreaterThan(1);
  expect(failure.message).toContain('lower the learning rate (1e+30 now; try 1e+29)');
});

test('bug: a model whose last update made weights infinite was accepted', async () => {
  // With a single step the loss is finite, and no later loss shows the infinite weights.
  const data = imageData();
  const batchSize = data.train.labels.length;
  const spec = specOf({ epochs: 1, batchSize, optimizer: { kind: 'sgd', learningRate: 1e39 } });
  const noValidation = {
    ...data,
    validation: { features: tensor('UINT8', [0, 2, 3], new Uint8Array()), labels: new Int32Array() },
  };
  const failure = await trace(spec, { data: noValidation }).catch(error => error);
  expect(failure).toBeInstanceOf(TrainingDiverged);
  expect(failure.message).toMatch(
    /^training diverged by step 1: the weights 'layer\d\.\w+' are not all finite numbers; lower/,
  );
});

test('bug: no step was reported before step 64', async () => {
  const { steps } = await trace(specOf({ checkpointEverySteps: 100 }));
  expect(steps[0]).toBe(1);
});

test.each([
  ['cpuThreads', { cpuThreads: 2 }],
  ['seed', { seed: 8 }],
  ['specDigest', { batchSize: 4 }],
])('a checkpoint made with another %s is refused', async (field, changes) => {
  const { checkpoints } = await trace(specOf({ epochs: 1 }));
  const resumed = trace(specOf({ epochs: 1, ...changes }), { resumeFrom: checkpoints.get(5)! });
  await expect(resumed).rejects.toThrow(CheckpointMismatch);
  await expect(resumed).rejects.toMatchObject({ field });
});

test('the checkpoint interval may change between attempts', async () => {
  const { checkpoints } = await trace(specOf());
  const resumed = await trace(specOf({ checkpointEverySteps: 3 }), { resumeFrom: checkpoints.get(5)! });
  expect([...resumed.checkpoints.keys()]).toEqual([6, 9, 12]);
});

test('a checkpoint with a missing or an additional tensor is refused', async () => {
  const { checkpoints } = await trace(specOf());
  const { tensors, metadata } = readSafetensors(checkpoints.get(5)!);
  const without = new Map([...tensors].filter(([name]) => name !== 'adam.m.layer0.weight'));
  const more = new Map([...tensors, ['stranger', tensor('FP32', [1], new Float32Array(1))] as const]);
  const resume = (changed: typeof without) =>
    trace(specOf(), { resumeFrom: writeSafetensors({ tensors: changed, metadata }) });
  await expect(resume(without)).rejects.toThrow(
    '"adam.m.layer0.weight" must be FP32 [6,8], the checkpoint has nothing',
  );
  await expect(resume(more)).rejects.toThrow('the checkpoint has "stranger"');
});

test('bytes that are not a checkpoint are refused', async () => {
  await expect(trace(specOf(), { resumeFrom: Uint8Array.of(1, 2) })).rejects.toThrow(CheckpointCorrupt);
});

test('a specification is refused with all its problems', async () => {
  const wrong = specOf({ epochs: 0, batchSize: 1.5, optimizer: { kind: 'adam', learningRate: -1 } });
  await expect(trace(wrong)).rejects.toMatchObject({
    problems: [
      'epochs must be a whole number ≥ 1, received 0',
      'batchSize must be a whole number ≥ 1, received 1.5',
      'optimizer.learningRate must be a number > 0, received -1',
    ],
  });
});

test('labels outside the classes and inconsistent splits are refused', async () => {
  const data = imageData();
  const labels = data.train.labels.with(4, 3);
  await expect(trace(specOf(), { data: { ...data, train: { ...data.train, labels } } })).rejects.toThrow(
    'row 4 of the training split has label 3, expected 0 to 2',
  );
  await expect(
    trace(specOf(), { data: { ...data, train: { ...data.train, labels: labels.slice(1) } } }),
  ).rejects.toThrow('the training split has 45 rows of features, 44 labels');
  await expect(trace(specOf(), { data: { ...data, validation: columnData().validation } })).rejects.toThrow(
    'validation rows must be UINT8 [2,3] like training rows, received FP32 [6]',
  );
});
