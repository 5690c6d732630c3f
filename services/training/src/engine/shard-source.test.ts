import { sliceRows } from '@athanor/data';
import { readSafetensors } from '@athanor/tensor';
import { describe, expect, test } from 'vitest';
import type { RawSplit } from '../features/raw-split.js';
import { CheckpointMismatch } from './errors.js';
import { exportModel } from './export-model.js';
import type { EpochReport } from './reports.js';
import type { TrainingSpec } from './spec.js';
import { train } from './train.js';
import type { TrainingData } from './training-data.js';
import { columnData, columnSpec, imageData, optimizerOf, specOf, taskOf } from './training-data.testkit.js';

const ROWS_PER_SHARD = 10;

interface Streamed extends TrainingData {
  /** Indices of the shards that were read, in order. */
  readonly reads: number[];
}

/** The same rows in shards of 10 and one of 5, 100 bytes each; of the training split only the target is in memory. */
function streamed(data: TrainingData): Streamed {
  const { rows, values } = data.train;
  const reads: number[] = [];
  const begins = Array.from({ length: Math.ceil(rows / ROWS_PER_SHARD) }, (_, index) => index * ROWS_PER_SHARD);
  const inputs = [...values].filter(([name]) => name !== 'label');
  const shards = begins.map(begin => ({ rows: Math.min(ROWS_PER_SHARD, rows - begin), byteSize: 100 }));
  const read = async (index: number): Promise<RawSplit> => {
    reads.push(index);
    const [begin, count] = [begins[index]!, shards[index]!.rows];
    return {
      rows: count,
      values: new Map(inputs.map(([name, each]) => [name, sliceRows(each, begin, begin + count)])),
    };
  };
  const train = { rows, values: new Map([['label', values.get('label')!]]) };
  return { ...data, train, stream: { shards, read }, reads };
}

async function trace(spec: TrainingSpec, data: TrainingData, resumeFrom?: Uint8Array) {
  const checkpoints = new Map<number, Uint8Array>();
  const [losses, epochs]: [number[], EpochReport[]] = [[], []];
  const result = await train({
    ...{ spec, data },
    ...(resumeFrom && { resumeFrom }),
    onChunk: report => void losses.push(...report.losses),
    onEpoch: report => void epochs.push(report),
    onCheckpoint: (bytes, { step }) => void checkpoints.set(step, bytes),
  });
  if (result.status !== 'completed') throw new Error('expected a completed training');
  return { losses, epochs, checkpoints, weights: result.weights };
}

// Windows of two shards: 20, 20 and 5 rows, or 20, 15 and 10; batches of 8 cross their borders.
const BUFFER = { shuffleBufferBytes: 250 };

describe.each([
  ['images in the step', specOf({ ...BUFFER, epochs: 3 }), imageData],
  ['columns that are encoded before', columnSpec({ ...BUFFER, epochs: 3 }), columnData],
  [
    'accumulated batches with weights of classes',
    columnSpec({
      ...{ ...BUFFER, epochs: 3, batchSize: 4, accumulateSteps: 2 },
      task: taskOf('multiclass', { classWeights: 'balanced' }),
    }),
    columnData,
  ],
])('%s from shards', (_, spec, data) => {
  test('the chunk size and resuming at any checkpoint do not change the result', async () => {
    const whole = await trace({ ...spec, chunkSteps: 1 }, streamed(data()));
    for (const chunkSteps of [2, 64]) {
      const other = await trace({ ...spec, chunkSteps }, streamed(data()));
      expect(other).toEqual(whole);
    }
    for (const step of [5, 10, 15]) {
      const resumed = await trace(spec, streamed(data()), whole.checkpoints.get(step)!);
      expect(resumed.losses).toEqual(whole.losses.slice(step));
      expect(resumed.checkpoints.get(18)).toEqual(whole.checkpoints.get(18));
    }
  });

  test('it learns', async () => {
    const longer = { ...spec, epochs: 20, optimizer: optimizerOf('adam', { learningRate: 0.02 }) };
    const { epochs } = await trace(longer, streamed(data()));
    expect(epochs.at(-1)!.validationMetrics.find(({ name }) => name === 'accuracy')!.value).toBeGreaterThan(0.9);
    expect(epochs.at(-1)!.trainLoss).toBeLessThan(epochs[0]!.trainLoss / 2);
  });
});

test('each epoch visits every row once, with its own label', async () => {
  // One step of all rows: the loss of an epoch does not depend on their order, only on which rows it has.
  const spec = columnSpec({ ...BUFFER, epochs: 2, batchSize: 45, checkpointEverySteps: 1 });
  const [fromShards, inMemory] = [await trace(spec, streamed(columnData())), await trace(spec, columnData())];
  for (const [index, loss] of inMemory.losses.entries()) expect(fromShards.losses[index]).toBeCloseTo(loss, 5);
});

test('the transforms are fitted to what they are in memory', async () => {
  const spec = columnSpec({ ...BUFFER, epochs: 1 });
  const transformsOf = async (data: TrainingData) => {
    const result = await train({ spec, data });
    if (result.status !== 'completed') throw new Error('expected a completed training');
    return Buffer.from(exportModel({ spec, ...result }).files.get('transforms.json')!).toString();
  };
  expect(await transformsOf(streamed(columnData()))).toBe(await transformsOf(columnData()));
});

test('each shard is read once to fit the transforms and once per epoch; none is read for an epoch that does not come', async () => {
  const data = streamed(columnData());
  await trace(columnSpec({ ...BUFFER, epochs: 3 }), data);
  expect(data.reads.slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
  expect(data.reads).toHaveLength(5 + 3 * 5);
  for (let epoch = 1; epoch <= 3; epoch++) expect(new Set(data.reads.slice(5 * epoch, 5 * epoch + 5)).size).toBe(5);
});

test('an error of a shard that is read ahead ends training where its rows are needed', async () => {
  const data = streamed(columnData());
  let reads = 0;
  const read = async (index: number) => {
    if (++reads === 5 + 4) throw new Error('the shard is gone');
    return await data.stream!.read(index);
  };
  const failing = trace(columnSpec(BUFFER), { ...data, stream: { ...data.stream!, read } });
  await expect(failing).rejects.toThrow('the shard is gone');
});

test('a checkpoint made with another shuffle buffer is refused', async () => {
  const { checkpoints } = await trace(columnSpec(BUFFER), streamed(columnData()));
  expect(readSafetensors(checkpoints.get(5)!).metadata).toHaveProperty('specDigest');
  const resumed = trace(columnSpec({ shuffleBufferBytes: 500 }), streamed(columnData()), checkpoints.get(5)!);
  await expect(resumed).rejects.toThrow(CheckpointMismatch);
});
