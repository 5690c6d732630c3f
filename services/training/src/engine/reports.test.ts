import { expect, test } from 'vitest';
import type { ChunkReport, EpochReport } from './reports.js';
import { train } from './train.js';
import { imageData, optimizerOf, scheduleOf, specOf } from './training-data.testkit.js';

interface Run {
  readonly reportNorm: boolean;
  readonly chunkSteps?: number;
  readonly resumeFrom?: Uint8Array;
}

async function run({ reportNorm, chunkSteps, resumeFrom }: Run) {
  let now = 0;
  const [chunks, epochs]: [ChunkReport[], EpochReport[]] = [[], []];
  const checkpoints = new Map<number, Uint8Array>();
  const optimizer = optimizerOf('adam', { learningRate: 0.01, reportNorm });
  await train({
    spec: specOf({ schedule: scheduleOf('linear'), optimizer, ...(chunkSteps && { chunkSteps }) }),
    data: imageData(),
    clock: () => (now += 250),
    ...(resumeFrom && { resumeFrom }),
    onChunk: report => void chunks.push(report),
    onEpoch: report => void epochs.push(report),
    onCheckpoint: (bytes, { step }) => void checkpoints.set(step, bytes),
  });
  return { chunks, epochs, checkpoints };
}

test('chunks and epochs report the learning rate, rows, time and, if it is asked for, the norm of the gradients', async () => {
  const reported = await run({ reportNorm: true, chunkSteps: 5 });
  expect(reported.chunks.map(({ rows, seconds }) => [rows, seconds])).toEqual([
    ...[
      [40, 0.25],
      [5, 0.25],
      [32, 0.25],
      [8, 0.25],
      [5, 0.25],
    ],
  ]);
  const norms = reported.chunks.flatMap(({ gradientNorms }) => [...gradientNorms!]);
  expect(norms).toHaveLength(12);
  expect(reported.epochs[0]!.gradientNorm).toBeCloseTo(norms.slice(0, 6).reduce((sum, norm) => sum + norm, 0) / 6, 6);
  expect(reported.epochs[1]!.learningRate).toBe(reported.chunks.at(-1)!.learningRate);
  expect(reported.epochs[1]!.learningRate).toBeLessThan(reported.epochs[0]!.learningRate);
  const fine = await run({ reportNorm: true, chunkSteps: 1 });
  expect(fine.epochs).toEqual(reported.epochs);
  for (const checkpoint of [5, 10]) {
    const resumed = await run({ reportNorm: true, resumeFrom: reported.checkpoints.get(checkpoint)! });
    expect(resumed.epochs).toEqual(reported.epochs.slice(-resumed.epochs.length));
  }
  const plain = await run({ reportNorm: false, chunkSteps: 5 });
  for (const report of [...plain.chunks, ...plain.epochs]) {
    expect(report).not.toHaveProperty('gradientNorms');
    expect(report).not.toHaveProperty('gradientNorm');
  }
  expect(plain.epochs.map(({ trainLoss }) => trainLoss)).toEqual(reported.epochs.map(({ trainLoss }) => trainLoss));
});
