import { describe, expect, test } from 'vitest';
import { exportModel } from '../engine/export-model.js';
import type { EpochReport } from '../engine/reports.js';
import type { TrainingSpec } from '../engine/spec.js';
import { train } from '../engine/train.js';
import { imageData, modelOf, optimizerOf, specOf, transformOf } from '../engine/training-data.testkit.js';
import { UnsupportedInputs } from './architecture.js';
import { barData } from './bar-images.testkit.js';

const transforms = [{ columns: ['image'], transform: transformOf('image') }];

async function trace(changes: Partial<TrainingSpec>, resumeFrom?: Uint8Array) {
  const checkpoints = new Map<number, Uint8Array>();
  const [losses, epochs]: [number[], EpochReport[]] = [[], []];
  const spec = specOf({ transforms, ...changes });
  const result = await train({
    spec,
    data: barData(),
    ...(resumeFrom && { resumeFrom }),
    onChunk: report => void losses.push(...report.losses),
    onEpoch: report => void epochs.push(report),
    onCheckpoint: (bytes, { step }) => void checkpoints.set(step, bytes),
  });
  if (result.status !== 'completed') throw new Error(result.status);
  return { losses, epochs, checkpoints, model: exportModel({ spec, ...result }).files.get('model.onnx')! };
}

describe.each([
  modelOf('cnn', { channels: [4, 6], hidden: [8], dropout: 0.3 }),
  modelOf('cnn', { channels: [4], hidden: [], normalization: 'none', padding: 'valid', dropout: 0 }),
  modelOf('resnet', { channels: 2 }),
  modelOf('mobilenet', { channels: [4, 8] }),
])('$kind $parameters', model => {
  test('the chunk size and resuming do not change the result', async () => {
    const whole = await trace({ model, chunkSteps: 1 });
    expect(await trace({ model, chunkSteps: 64 })).toEqual(whole);
    for (const step of [5, 10]) {
      const resumed = await trace({ model }, whole.checkpoints.get(step)!);
      expect(resumed.losses).toEqual(whole.losses.slice(step));
      expect(resumed.checkpoints.get(12)).toEqual(whole.checkpoints.get(12));
      expect(resumed.model).toEqual(whole.model);
    }
  });

  test('it learns, also by the running statistics with which it is served', async () => {
    const optimizer = optimizerOf('adam', { learningRate: 0.01 });
    const { epochs } = await trace({ model, epochs: 40, optimizer });
    expect(epochs.at(-1)!.validationMetrics[0]).toMatchObject({ name: 'accuracy', value: 1 });
  });
});

test('of accumulated batches, each updates the running statistics, also after a resume and in chunks', async () => {
  const changes = { model: modelOf('resnet', { channels: 2 }), batchSize: 4, accumulateSteps: 3, epochs: 3 };
  const whole = await trace({ ...changes, chunkSteps: 1 });
  expect(await trace({ ...changes, chunkSteps: 64 })).toEqual(whole);
  const resumed = await trace(changes, whole.checkpoints.get(10)!);
  expect(resumed.model).toEqual(whole.model);
  const one = await trace({ ...changes, batchSize: 12, accumulateSteps: undefined });
  expect(one.model).not.toEqual(whole.model);
});

test('inputs that are not one image are refused', async () => {
  const spec = specOf({ model: modelOf('cnn') });
  await expect(train({ spec, data: imageData() })).rejects.toThrow(UnsupportedInputs);
  await expect(train({ spec, data: imageData() })).rejects.toThrow('received 0 images, 6 dense features, 0 indices');
});

test('an image that the convolutions use up is refused', async () => {
  const spec = specOf({ model: modelOf('cnn', { channels: [2, 2, 2, 2] }), transforms });
  await expect(train({ spec, data: barData() })).rejects.toThrow('8 × 8 pixels is used up after 4 convolutions');
});
