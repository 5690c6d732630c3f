import { GraphBuilder, toModel, writeModel } from '@athanor/onnx';
import { openSession } from '@athanor/runtime';
import { type Tensor, tensor } from '@athanor/tensor';
import { expect, test } from 'vitest';
import { fitPreprocessing } from './fit-preprocessing.js';
import type { Preprocessing } from './preprocessing.js';
import { columnStatistics } from './standardization.js';

async function apply(preprocessing: Preprocessing, rows: Tensor): Promise<Tensor> {
  const g = new GraphBuilder('preprocessing');
  const { dtype, shape } = preprocessing.row;
  g.output(preprocessing.emit(g, g.input('rows', { dtype, shape: ['batch', ...shape] })), 'features');
  const session = await openSession(writeModel(toModel(g.graph())), { intraOpThreads: 1 });
  const { features } = await session.run({ rows });
  await session.release();
  return features!;
}

test('images are converted to rows of pixels in [0, 1]', async () => {
  const images = tensor('UINT8', [2, 2, 2], Uint8Array.of(0, 51, 102, 255, 1, 2, 3, 4));
  const preprocessing = fitPreprocessing(images);
  expect(preprocessing.width).toBe(4);
  const features = await apply(preprocessing, images);
  expect(features.shape).toEqual([2, 4]);
  [0, 0.2, 0.4, 1, 1 / 255, 2 / 255, 3 / 255, 4 / 255].forEach((value, index) => {
    expect(features.data[index]).toBeCloseTo(value, 7);
  });
});

// numpy: a = [[1, 10, 5], [2, 20, 5], [6, 60, 5]]; a.mean(0) = [3, 30, 5]; a.std(0) = [√(14/3), √(1400/3), 0].
const columns = tensor('FP32', [3, 3], Float32Array.of(1, 10, 5, 2, 20, 5, 6, 60, 5));

test('columns are centred and scaled by the population deviation; a constant column becomes zero', async () => {
  expect([...columnStatistics(columns).mean]).toEqual([3, 30, 5]);
  expect([...columnStatistics(columns).deviation]).toEqual([Math.sqrt(14 / 3), Math.sqrt(1400 / 3), 0]);
  const { data } = await apply(fitPreprocessing(columns), columns);
  const expected = [-0.9258201, -0.9258201, 0, -0.4629101, -0.4629101, 0, 1.3887302, 1.3887302, 0];
  expected.forEach((value, index) => {
    expect(data[index]).toBeCloseTo(value, 6);
  });
});

test('statistics are exact for large offsets (no cancellation)', () => {
  const shifted = tensor('FP32', [2, 1], Float32Array.of(16_000_000, 16_000_002));
  expect(columnStatistics(shifted).deviation[0]).toBe(1);
});

test('unsupported features are refused with a message that says what was expected', () => {
  const features = tensor('INT64', [1, 1], BigInt64Array.of(1n));
  expect(() => fitPreprocessing(features)).toThrow('received INT64 [1,1]');
});
