import { expect, test } from 'vitest';
import { Throughput, toProgress } from './training-progress.js';

const CHUNK = { epoch: 1, step: 20, totalSteps: 40, losses: Float32Array.of(1, 2), learningRate: 0.5, rows: 64 };

test('progress counts epochs from 1 and has means over the chunk, its last learning rate and rows per second', () => {
  expect(toProgress({ ...CHUNK, seconds: 0.5, gradientNorms: Float32Array.of(2, 4) })).toEqual({
    ...{ epoch: 2, step: 20, totalSteps: 40, loss: 1.5, gradientNorm: 3, learningRate: 0.5, rowsPerSecond: 128 },
  });
});

test('figures that are not known are absent', () => {
  const progress = toProgress({ ...CHUNK, seconds: 0 });
  expect(progress).not.toHaveProperty('gradientNorm');
  expect(progress).not.toHaveProperty('rowsPerSecond');
  expect(new Throughput().figures()).toEqual({});
});

test('rows per second are those of all chunks together', () => {
  const throughput = new Throughput();
  throughput.add({ rows: 100, seconds: 1 });
  throughput.add({ rows: 500, seconds: 2 });
  expect(throughput.figures()).toEqual({ rowsPerSecond: 200 });
});
