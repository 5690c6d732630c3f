import { GraphBuilder, toModel, type Value, writeModel } from '@athanor/onnx';
import { openSession } from '@athanor/runtime';
import { tensor } from '@athanor/tensor';
import { expect, test } from 'vitest';
import type { EpochReport } from '../engine/reports.js';
import type { TrainingSpec } from '../engine/spec.js';
import { train } from '../engine/train.js';
import { columnData, columnSpec, modelOf, optimizerOf } from '../engine/training-data.testkit.js';
import { layerNorm } from './layers/layer-norm.js';

async function trace(changes: Partial<TrainingSpec>, resumeFrom?: Uint8Array) {
  const checkpoints = new Map<number, Uint8Array>();
  const [losses, epochs]: [number[], EpochReport[]] = [[], []];
  await train({
    spec: columnSpec(changes),
    data: columnData(),
    ...(resumeFrom && { resumeFrom }),
    onChunk: report => void losses.push(...report.losses),
    onEpoch: report => void epochs.push(report),
    onCheckpoint: (bytes, { step }) => void checkpoints.set(step, bytes),
  });
  return { losses, epochs, checkpoints };
}

const PARAMETERS = [{ dropout: 0.3 }, { normalization: 'layer' }, { dropout: 0.5, normalization: 'layer' }];

test.each(PARAMETERS)('with %o, the chunk size and resuming do not change the result', async parameters => {
  const model = modelOf('mlp', { hidden: [8, 6], ...parameters });
  const whole = await trace({ model, chunkSteps: 1 });
  expect(await trace({ model, chunkSteps: 64 })).toEqual(whole);
  for (const step of [5, 10]) {
    const resumed = await trace({ model }, whole.checkpoints.get(step)!);
    expect(resumed.losses).toEqual(whole.losses.slice(step));
    expect(resumed.checkpoints.get(12)).toEqual(whole.checkpoints.get(12));
  }
});

test.each(PARAMETERS)('with %o it learns', async parameters => {
  const model = modelOf('mlp', { hidden: [16, 16], ...parameters });
  const { epochs } = await trace({ model, epochs: 40, optimizer: optimizerOf('adam', { learningRate: 0.02 }) });
  expect(epochs.at(-1)!.validationMetrics[0]).toMatchObject({ name: 'accuracy', value: 1 });
});

test('dropout changes training, by the seed, and 0 drops nothing', async () => {
  const losses = async (dropout: number, seed = 7) =>
    (await trace({ model: modelOf('mlp', { hidden: [8], dropout }), seed, epochs: 1 })).losses;
  const none = await losses(0);
  expect(await losses(0.5)).not.toEqual(none);
  expect((await trace({ model: modelOf('mlp', { hidden: [8] }), epochs: 1 })).losses).toEqual(none);
  // Without learning, two steps on the same rows with the same weights differ by their masks only.
  const still = { optimizer: optimizerOf('sgd', { learningRate: 1e-30 }), batchSize: 45, epochs: 3 };
  const masked = await trace({ ...still, model: modelOf('mlp', { hidden: [8], dropout: 0.5 }) });
  expect(new Set(masked.losses).size).toBe(3);
  const validation = masked.epochs.map(({ validationLoss }) => validationLoss);
  expect(new Set(validation).size).toBe(1);
});

test("layer normalization is PyTorch's formula", async () => {
  const g = new GraphBuilder('norm');
  const norm = layerNorm('norm', 3);
  const parameters = new Map(
    norm.parameters.map(({ name }): [string, Value] => [name, g.input(name, { dtype: 'FP32', shape: [3] })]),
  );
  const rows = g.input('h', { dtype: 'FP32', shape: ['batch', 3] });
  const step = { g, parameters, buffers: new Map(), update: () => undefined };
  g.output(norm.apply(step, rows), 'normalized');
  const session = await openSession(writeModel(toModel(g.graph())), { intraOpThreads: 1 });
  const data = [1, 2, 6, -4, -4, -4];
  const { normalized } = await session.run({
    'norm.scale': tensor('FP32', [3], Float32Array.of(1, 2, -1)),
    'norm.shift': tensor('FP32', [3], Float32Array.of(0, 0.5, 1)),
    h: tensor('FP32', [2, 3], Float32Array.from(data)),
  });
  await session.release();
  // Mean 3 and variance 14/3 in the first row; the second is constant.
  const deviation = Math.sqrt(14 / 3 + 1e-5);
  const expected = [-2 / deviation, -2 / deviation + 0.5, -3 / deviation + 1, 0, 0.5, 1];
  for (const [index, value] of expected.entries()) expect(normalized!.data[index]).toBeCloseTo(value, 5);
});
