import type { ResolvedComponent } from '@athanor/components';
import { describe, expect, test } from 'vitest';
import { barData } from '../architectures/bar-images.testkit.js';
import { CheckpointMismatch, TrainingDiverged } from '../engine/errors.js';
import { exportModel } from '../engine/export-model.js';
import type { TrainingSpec } from '../engine/spec.js';
import { train } from '../engine/train.js';
import { augmentationOf, modelOf, optimizerOf, specOf, transformOf } from '../engine/training-data.testkit.js';

const transforms = [{ columns: ['image'], transform: transformOf('image') }];
const cnn = modelOf('cnn', { channels: [4, 6], hidden: [8], dropout: 0.3 });
const all = [
  augmentationOf('flip', { vertical: 0.3 }),
  augmentationOf('crop', { padding: 1 }),
  augmentationOf('color'),
  augmentationOf('cutout', { size: 3 }),
];

async function trace(changes: Partial<TrainingSpec>, resumeFrom?: Uint8Array) {
  const checkpoints = new Map<number, Uint8Array>();
  const losses: number[] = [];
  const spec = specOf({ model: cnn, transforms, ...changes });
  const result = await train({
    ...{ spec, data: barData() },
    ...(resumeFrom && { resumeFrom }),
    onChunk: report => void losses.push(...report.losses),
    onCheckpoint: (bytes, { step }) => void checkpoints.set(step, bytes),
  });
  if (result.status !== 'completed') throw new Error(result.status);
  return { losses, checkpoints, spec, result, files: exportModel({ spec, ...result }).files };
}

const bitsOf = ({ losses, checkpoints, files }: Awaited<ReturnType<typeof trace>>) => ({ losses, checkpoints, files });

describe.each([
  { model: cnn, augmentations: all },
  { model: modelOf('resnet', { channels: 2 }), augmentations: all.slice(0, 2) },
])('$model.kind with augmented images', changes => {
  test('the chunk size and resuming do not change the result', async () => {
    const whole = await trace({ ...changes, chunkSteps: 1 });
    expect(bitsOf(await trace({ ...changes, chunkSteps: 64 }))).toEqual(bitsOf(whole));
    for (const step of [5, 10]) {
      const resumed = await trace(changes, whole.checkpoints.get(step)!);
      expect(resumed.losses).toEqual(whole.losses.slice(step));
      expect(resumed.checkpoints.get(12)).toEqual(whole.checkpoints.get(12));
      expect(resumed.files).toEqual(whole.files);
    }
  });
});

test('every augmentation, its parameters and their order change the training', async () => {
  const [flip, crop, ...rest] = all as [ResolvedComponent, ResolvedComponent, ...ResolvedComponent[]];
  const lists = [[], ...all.map(each => [each]), [augmentationOf('cutout', { size: 4 })], all, [crop, flip, ...rest]];
  const losses = await Promise.all(lists.map(async augmentations => (await trace({ augmentations })).losses.join()));
  expect(new Set(losses).size).toBe(lists.length);
});

test('what is evaluated and served is that of a job without augmentation, node for node', async () => {
  const augmented = await trace({ augmentations: all });
  // The same weights, exported as the model of a job that does not augment.
  const { augmentations: _, ...spec } = augmented.spec;
  const { files } = exportModel({ ...augmented.result, spec });
  for (const name of ['model.onnx', 'eval.onnx', 'transforms.json', 'task.json'])
    expect(augmented.files.get(name), name).toEqual(files.get(name));
  expect(augmented.files.get('train.onnx')).not.toEqual(files.get('train.onnx'));
});

test.each([
  ['none', []],
  ['others', all.slice(0, 2)],
  ['another order', all.toReversed()],
  ['other parameters', [augmentationOf('flip'), ...all.slice(1)]],
])('a checkpoint of a job with augmentations does not resume one with %s', async (_, augmentations) => {
  const { checkpoints } = await trace({ augmentations: all, epochs: 1 });
  const resumed = trace({ augmentations, epochs: 1 }, checkpoints.get(5)!);
  await expect(resumed).rejects.toThrow(CheckpointMismatch);
  await expect(resumed).rejects.toMatchObject({ field: 'specDigest' });
});

test('an augmented step that diverges is repeated with the same images, to find where that began', async () => {
  const optimizer = optimizerOf('sgd', { learningRate: 1e30 });
  const failure = await trace({ augmentations: all, optimizer }).catch(error => error);
  expect(failure).toBeInstanceOf(TrainingDiverged);
  expect(failure.message).toMatch(/; it began in .+; lower the learning rate/);
});
