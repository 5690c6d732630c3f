import type { NumberValues } from '@athanor/data';
import { expect, test } from 'vitest';
import type { EpochReport } from './reports.js';
import type { TrainingSpec } from './spec.js';
import { train } from './train.js';
import type { TrainingData } from './training-data.js';
import { columnData, columnSpec, labelsOf, splitOf, taskOf } from './training-data.testkit.js';

const WEIGHT = { name: 'w', type: { kind: 'number', dtype: 'FP64' }, role: 'weight', nullable: false } as const;

/** columnData with the column w. */
function weighted(weightOf: (row: number) => number): TrainingData {
  const data = columnData();
  const values: NumberValues = {
    kind: 'number',
    data: Float64Array.from({ length: data.train.rows }, (_, i) => weightOf(i)),
  };
  const train = splitOf({ ...Object.fromEntries(data.train.values), w: values }, data.train.rows);
  return { ...data, columns: [...data.columns, WEIGHT], train };
}

async function trace(data: TrainingData, changes: Partial<TrainingSpec> = {}, resumeFrom?: Uint8Array) {
  const [losses, epochs, checkpoints]: [number[], EpochReport[], Map<number, Uint8Array>] = [[], [], new Map()];
  await train({
    spec: columnSpec(changes),
    data,
    ...(resumeFrom && { resumeFrom }),
    onChunk: report => void losses.push(...report.losses),
    onEpoch: report => void epochs.push(report),
    onCheckpoint: (bytes, { step }) => void checkpoints.set(step, bytes),
  });
  return { losses, epochs, checkpoints };
}

test('rows count by their weight: of weight 0 not at all, and the size of all weights does not matter', async () => {
  const whole = { batchSize: 45, epochs: 5, weight: 'w' };
  const some = await trace(
    weighted(row => Number(row % 3 !== 2) * 1e6),
    whole,
  );
  const data = weighted(row => Number(row % 3 !== 2));
  expect((await trace(data, whole)).losses).toEqual(some.losses);
  const flipped = labelsOf(data.train).map((label, row) => (row % 3 === 2 ? (label + 1) % 3 : label));
  const values = { ...Object.fromEntries(data.train.values), label: { kind: 'category' as const, codes: flipped } };
  const other = await trace({ ...data, train: splitOf(values, 45) }, whole);
  expect(other.losses).toEqual(some.losses);
  // An epoch of one batch: its loss is the weighted mean.
  expect(some.epochs.map(({ trainLoss }) => trainLoss)).toEqual(some.losses.map(loss => expect.closeTo(loss, 6)));
});

test('class weights count rows of a class as often as the weight column would', async () => {
  const task = taskOf('multiclass', { classWeights: { a: 4, c: 0.5 } });
  const byClass = await trace(columnData(), { task });
  const labels = labelsOf(columnData().train);
  const byRow = await trace(
    weighted(row => [4, 1, 0.5][labels[row]!]!),
    { weight: 'w' },
  );
  expect(byClass.losses).toEqual(byRow.losses);
  const both = await trace(
    weighted(row => [0.25, 1, 2][labels[row]!]!),
    { weight: 'w', task },
  );
  const plain = await trace(columnData());
  for (const [step, loss] of plain.losses.entries()) expect(both.losses[step]).toBeCloseTo(loss, 4);
  expect(byClass.losses).not.toEqual(plain.losses);
});

test('the chunk size and resuming do not change the result', async () => {
  const data = weighted(row => 0.5 + (row % 4));
  const task = taskOf('multiclass', { classWeights: 'balanced' });
  const whole = await trace(data, { weight: 'w', task, chunkSteps: 1 });
  const other = await trace(data, { weight: 'w', task, chunkSteps: 64 });
  expect(other).toEqual(whole);
  const resumed = await trace(data, { weight: 'w', task }, whole.checkpoints.get(5)!);
  expect(resumed.checkpoints.get(12)).toEqual(whole.checkpoints.get(12));
  expect(resumed.epochs).toEqual(whole.epochs);
});

test.each([
  [-1, "expected weights of 0 or more in 'w', got -1 in row 3 of the training split"],
  [Number.NaN, "expected weights of 0 or more in 'w', got none in row 3 of the training split"],
  [Number.POSITIVE_INFINITY, "expected weights of 0 or more in 'w', got Infinity in row 3 of the training split"],
])('a weight of %d is refused', async (weight, message) => {
  await expect(
    trace(
      weighted(row => (row === 3 ? weight : 1)),
      { weight: 'w' },
    ),
  ).rejects.toThrow(message);
});

test('weights that are all 0 are refused, and so is a column without numbers', async () => {
  await expect(
    trace(
      weighted(() => 0),
      { weight: 'w' },
    ),
  ).rejects.toThrow('got none above 0');
  await expect(
    trace(
      weighted(() => 1),
      { weight: 'label' },
    ),
  ).rejects.toThrow("expected numbers in the weight column 'label', got a category");
});
