import type { ColumnValues } from '@athanor/data';
import { readSafetensors, tensor, writeSafetensors } from '@athanor/tensor';
import { describe, expect, test } from 'vitest';
import type { Cursor } from './checkpoint.js';
import { CheckpointCorrupt, CheckpointMismatch, TrainingDiverged } from './errors.js';
import type { EpochReport } from './reports.js';
import type { TrainingSpec } from './spec.js';
import { type TrainingResult, train } from './train.js';
import type { TrainOptions } from './train-options.js';
import {
  columnData,
  columnSpec,
  imageData,
  labelsOf,
  optimizerOf,
  specOf,
  splitOf,
  taskOf,
} from './training-data.testkit.js';

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

const optimizers = [
  optimizerOf('adam', { learningRate: 0.01 }),
  optimizerOf('sgd', { learningRate: 0.1, momentum: 0.9 }),
];
const accuracyOf = ({ validationMetrics }: EpochReport) =>
  validationMetrics.find(({ name }) => name === 'accuracy')?.value;

describe.each(optimizers)('training with $kind', optimizer => {
  const spec = specOf({ optimizer });

  test('learns: the loss falls and the reports say so', async () => {
    const { epochs, losses } = await trace({ ...spec, epochs: 16 });
    expect(losses).toHaveLength(96);
    expect(epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 16 }, (_, epoch) => epoch));
    expect(epochs[15]!.trainLoss).toBeLessThan(epochs[0]!.trainLoss / 2);
    expect(accuracyOf(epochs[15]!)).toBeGreaterThan(0.9);
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
  const weightsOf = (result: TrainingResult) => result.status === 'completed' && result.weights;
  const options = { spec: specOf(), data: imageData() };
  const resumed = await train({ ...options, resumeFrom: whole.checkpoints.get(12)! });
  expect(weightsOf(resumed)).toEqual(weightsOf(await train(options)));
});

test('different seeds give different weights', async () => {
  const [a, b] = [await trace(specOf({ seed: 1 })), await trace(specOf({ seed: 2 }))];
  expect(a.losses).not.toEqual(b.losses);
});

test('columns with missing values are standardized and trained on', async () => {
  const { epochs } = await trace(columnSpec({ epochs: 12 }), { data: columnData() });
  expect(accuracyOf(epochs.at(-1)!)).toBeGreaterThan(0.9);
});

describe('early stopping', () => {
  const spec = columnSpec({ epochs: 60, patience: 3, optimizer: optimizerOf('adam', { learningRate: 0.05 }) });

  /** A third of the validation labels are wrong, so that its loss grows once the network is sure. */
  const data = () => {
    const { validation, ...rest } = columnData();
    const label = {
      kind: 'category',
      codes: labelsOf(validation).map((code, row) => (row % 3 ? code : (code + 1) % 3)),
    };
    const values = { ...Object.fromEntries(validation.values), label } as Record<string, ColumnValues>;
    return { ...rest, validation: splitOf(values, validation.rows) };
  };

  test('ends when the loss has not become smaller for the patience, and keeps the weights of the best epoch', async () => {
    const epochs: EpochReport[] = [];
    const stopped = await train({ spec, data: data(), onEpoch: report => void epochs.push(report) });
    const losses = epochs.map(({ validationLoss }) => validationLoss!);
    const best = losses.indexOf(Math.min(...losses));
    expect(epochs).toHaveLength(best + 1 + 3);
    expect(epochs.length).toBeLessThan(60);
    const until = await train({ spec: { ...spec, epochs: best + 1, patience: 0 }, data: data() });
    const weightsOf = (result: TrainingResult) => result.status === 'completed' && result.weights;
    expect(weightsOf(stopped)).toEqual(weightsOf(until));
  });

  test('is resumed from any checkpoint with the bits of an uninterrupted run', async () => {
    const weightsOf = (result: TrainingResult) => result.status === 'completed' && result.weights;
    const expected = weightsOf(await train({ spec, data: data() }));
    const run = await trace(spec, { data: data() });
    for (const checkpoint of [...run.checkpoints.values()].slice(-4)) {
      expect(weightsOf(await train({ spec, data: data(), resumeFrom: checkpoint }))).toEqual(expected);
    }
  });
});

test('gradient clipping limits the size of a step', async () => {
  const optimizer = (clipNorm: number) => optimizerOf('sgd', { learningRate: 1, clipNorm });
  const free = await trace(specOf({ optimizer: optimizer(0) }));
  const clipped = await trace(specOf({ optimizer: optimizer(0.01) }));
  expect(clipped.losses[0]).toBe(free.losses[0]);
  expect(clipped.losses[1]).not.toBe(free.losses[1]);
  expect(Math.abs(clipped.losses[1]! - clipped.losses[0]!)).toBeLessThan(0.5);
});

test.each([1, 64])(
  'a non-finite loss ends training; with chunks of %i steps too the error has the step, where it began and a remedy',
  async chunkSteps => {
    const optimizer = optimizerOf('sgd', { learningRate: 1e30 });
    const failure = await trace(specOf({ optimizer, chunkSteps })).catch(error => error);
    expect(failure).toBeInstanceOf(TrainingDiverged);
    expect(failure).toMatchObject({ epoch: 0, lastFiniteLoss: expect.any(Number) });
    expect(failure.step).toBeGreaterThan(1);
    expect(failure.message).toContain('lower the learning rate (1e+30 now; try 1e+29)');
    expect(failure.message).toMatch(/step 2: the loss is not a finite number, .*; it began in \w+ \('\w+'\); lower/);
  },
);

test('bug: a model whose last update made weights infinite was accepted', async () => {
  // With a single step the loss is finite, and no later loss shows the infinite weights.
  const data = imageData();
  const batchSize = data.train.rows;
  const spec = specOf({ epochs: 1, batchSize, optimizer: optimizerOf('sgd', { learningRate: 1e39 }) });
  const noValidation = {
    ...data,
    validation: splitOf(
      {
        image: { kind: 'vector', tensor: tensor('UINT8', [0, 2, 3], new Uint8Array()) },
        label: { kind: 'category', codes: new Int32Array() },
      },
      0,
    ),
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
  const wrong = specOf({ epochs: 0, batchSize: 1.5 });
  await expect(trace(wrong)).rejects.toMatchObject({
    problems: ['epochs must be a whole number ≥ 1, received 0', 'batchSize must be a whole number ≥ 1, received 1.5'],
  });
});

test('a column that the dataset does not have, and targets that do not fit the task, are refused', async () => {
  await expect(trace(specOf({ inputs: ['picture'] }))).rejects.toThrow(
    "the dataset has no column 'picture'; its columns are image, label",
  );
  await expect(trace(specOf({ task: taskOf('binary') }))).rejects.toThrow(
    "a binary task needs 2 classes, 'label' has 3 (a, b, c)",
  );
});

test('a batch larger than the training split is refused', async () => {
  await expect(train({ spec: specOf({ batchSize: 46 }), data: imageData() })).rejects.toThrow(
    'expected a batch of at most the 45 rows of the training split, received 46',
  );
});

test('the average of the weights is what is evaluated and kept, and survives a resume', async () => {
  const optimizer = (averageDecay: number) => optimizerOf('adam', { learningRate: 0.01, averageDecay });
  const checkpoints = new Map<number, Uint8Array>();
  const onCheckpoint = (bytes: Uint8Array, { step }: { step: number }) => void checkpoints.set(step, bytes);
  const averaged = await train({ spec: specOf({ optimizer: optimizer(0.9) }), data: imageData(), onCheckpoint });
  const plain = await train({ spec: specOf({ optimizer: optimizer(0) }), data: imageData() });
  const weights = (result: TrainingResult) => result.status === 'completed' && result.weights;
  expect(weights(averaged)).not.toEqual(weights(plain));
  const resumeFrom = checkpoints.get(5)!;
  const resumed = await train({ spec: specOf({ optimizer: optimizer(0.9) }), data: imageData(), resumeFrom });
  expect(weights(resumed)).toEqual(weights(averaged));
});
