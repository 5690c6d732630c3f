import { expect, test } from 'vitest';
import { CheckpointMismatch, TrainingDiverged } from './errors.js';
import type { EpochReport } from './reports.js';
import type { TrainingSpec } from './spec.js';
import { train } from './train.js';
import type { TrainOptions } from './train-options.js';
import { columnData, columnSpec, modelOf, optimizerOf, scheduleOf, taskOf } from './training-data.testkit.js';

async function trace(changes: Partial<TrainingSpec>, options: Partial<TrainOptions> = {}) {
  const checkpoints = new Map<number, Uint8Array>();
  const [losses, epochs, steps]: [number[], EpochReport[], number[]] = [[], [], []];
  const result = await train({
    spec: columnSpec(changes),
    data: columnData(),
    onChunk: ({ step, totalSteps, losses: ofChunk }) => {
      losses.push(...ofChunk);
      steps.push(step, totalSteps);
    },
    onEpoch: report => void epochs.push(report),
    onCheckpoint: (bytes, { step }) => void checkpoints.set(step, bytes),
    ...options,
  });
  if (result.status !== 'completed') throw new Error('expected a completed training');
  return { losses, epochs, checkpoints, steps, weights: result.weights };
}

const expectClose = (received: Iterable<number>, expected: readonly number[]) => {
  const values = [...received];
  expect(values).toHaveLength(expected.length);
  for (const [index, value] of values.entries()) expect(Math.abs(value - expected[index]!)).toBeLessThan(1e-5);
};

// 45 rows: a step of 32 rows, and one of the 13 that are left, a batch of 8 and one of 5.
test.each([
  ['of classes', {}],
  ['with weights of rows', { task: taskOf('multiclass', { classWeights: 'balanced' }) }],
  ['with a schedule', { schedule: scheduleOf('cosine', { warmup: 0.2 }) }],
  ['of a linear model with a penalty', { model: modelOf('linear', { l2: 3 }) }],
])('four batches of 8 train as one of 32, %s', async (_, changes) => {
  const spec = { ...changes, epochs: 6, optimizer: optimizerOf('adam', { learningRate: 0.01, clipNorm: 0.5 }) };
  const whole = await trace({ ...spec, batchSize: 32 });
  const accumulated = await trace({ ...spec, batchSize: 8, accumulateSteps: 4 });
  expect(whole.losses).toHaveLength(12);
  expectClose(accumulated.losses, whole.losses);
  for (const [name, { data }] of whole.weights) expectClose(accumulated.weights.get(name)!.data, [...data]);
  expect(accumulated.epochs.map(({ trainMetrics }) => trainMetrics)).toEqual(
    whole.epochs.map(({ trainMetrics }) => trainMetrics),
  );
  expect([accumulated.steps.at(-2), accumulated.steps.at(-1)]).toEqual([12, 12]);
});

const RANDOM = { model: modelOf('mlp', { hidden: [8], dropout: 0.4 }), batchSize: 4, accumulateSteps: 3, epochs: 3 };

test('with dropout, the chunk size and resuming at any checkpoint do not change the result', async () => {
  const whole = await trace({ ...RANDOM, chunkSteps: 1 });
  expect([...whole.checkpoints.keys()]).toEqual([5, 10, 12]);
  for (const chunkSteps of [2, 64])
    expect(await trace({ ...RANDOM, chunkSteps })).toMatchObject({
      losses: whole.losses,
      checkpoints: whole.checkpoints,
    });
  for (const step of [5, 10]) {
    const resumed = await trace(RANDOM, { resumeFrom: whole.checkpoints.get(step)! });
    expect(resumed.losses).toEqual(whole.losses.slice(step));
    expect(resumed.checkpoints.get(12)).toEqual(whole.checkpoints.get(12));
  }
});

test('the batches of a step have dropout masks of their own', async () => {
  const one = await trace({ ...RANDOM, batchSize: 12, accumulateSteps: 2 });
  const other = await trace({ ...RANDOM, batchSize: 8, accumulateSteps: 3 });
  expect(one.losses).not.toEqual(other.losses);
});

test('a checkpoint made with another number of batches is refused', async () => {
  const { checkpoints } = await trace(RANDOM);
  const resumed = trace({ ...RANDOM, accumulateSteps: 2 }, { resumeFrom: checkpoints.get(5)! });
  await expect(resumed).rejects.toThrow(CheckpointMismatch);
});

test('steps that the training split cannot fill are refused', async () => {
  await expect(trace({ batchSize: 8, accumulateSteps: 6 })).rejects.toThrow(
    'expected steps of at most the 45 rows of the training split, received 6 batches of 8',
  );
  await expect(trace({ accumulateSteps: 1.5 })).rejects.toThrow('accumulateSteps must be a whole number ≥ 2');
});

test('a loss that is not finite names the operator where that began', async () => {
  const optimizer = optimizerOf('sgd', { learningRate: 1e30 });
  const failure = await trace({ optimizer, batchSize: 8, accumulateSteps: 2 }).catch(error => error);
  expect(failure).toBeInstanceOf(TrainingDiverged);
  expect(failure.message).toMatch(/step 2: the loss is not a finite number, .*; it began in \w+ \('\w+'\); lower/);
});
