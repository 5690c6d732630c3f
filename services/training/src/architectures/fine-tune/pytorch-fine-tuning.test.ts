// Fine-tuning step by step beside PyTorch, and LoRA beside PEFT.

import { readFileSync } from 'node:fs';
import { rowsName, TRAIN_INPUTS } from '@athanor/autodiff';
import { type Tensor, tensor } from '@athanor/tensor';
import { expect, test } from 'vitest';
import { initialWeights } from '../../engine/initial-weights.js';
import { trainGraph, weightsOf } from '../../engine/network.js';
import { prepareData } from '../../engine/prepare-data.js';
import { START } from '../../engine/progress.js';
import { StepRunner } from '../../engine/step-runner.js';
import type { TrainingData } from '../../engine/training-data.js';
import { modelOf, optimizerOf, specOf } from '../../engine/training-data.testkit.js';
import { DENSE_INPUT, rawInput } from '../../features/encode-split.js';
import {
  exported,
  FEATURES,
  imageTransforms,
  NUMBERS,
  numbers,
  numberTransforms,
  SIZE,
  stripes,
} from './fine-tune.testkit.js';

interface Fixture {
  readonly steps: number;
  readonly batch: number;
  readonly rank: number;
  readonly alpha: number;
  readonly rate: number;
  readonly momentum: number;
  readonly pixels: readonly number[];
  readonly rows: readonly number[];
  readonly labels: readonly number[];
  readonly cases: readonly FixtureCase[];
}

interface FixtureCase {
  readonly file: string;
  readonly train: string;
  readonly freeze: readonly string[];
  readonly losses: readonly number[];
  readonly initial: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>>;
}

const fixture = JSON.parse(readFileSync(new URL('pytorch-fine-tuning.json', import.meta.url), 'utf8')) as Fixture;

const exporters = (file: string) => [file, file.replace('script', 'dynamo')];
const fixtureCases = fixture.cases.flatMap(each => exporters(each.file).map(file => [file, each.train, each] as const));

test.each(fixtureCases)('%s, %s: the losses are those of PyTorch', async (file, _, each) => {
  const { steps, batch, rank, alpha, rate, momentum } = fixture;
  const isImage = file.startsWith('cnn');
  const data: TrainingData = { ...(isImage ? stripes() : numbers()), base: exported(file) };
  const options = { train: each.train, freeze: each.freeze, rank, alpha, features: FEATURES[file] ?? '' };
  const spec = specOf({
    model: modelOf('fine-tune', options),
    optimizer: optimizerOf('sgd', { learningRate: rate, momentum }),
    ...(isImage ? { transforms: imageTransforms } : { inputs: NUMBERS, transforms: numberTransforms }),
  });
  const { network } = await prepareData(spec, data);
  const graph = trainGraph(network, spec);
  const initial = withInitial(initialWeights(weightsOf(network.model), 0), each);
  const frozen = new Map(graph.frozen.map(({ name }) => [name, initial.get(name)!]));
  const runner = await StepRunner.open(graph, { spec, checkpoint: { cursor: START, state: initial }, frozen });
  const rows: Record<string, Tensor> = isImage
    ? { [rowsName(rawInput('image'))]: tensor('UINT8', [steps, batch, SIZE, SIZE, 2], Uint8Array.from(fixture.pixels)) }
    : { [rowsName(DENSE_INPUT)]: tensor('FP32', [steps, batch, 4], Float32Array.from(fixture.rows)) };
  const labels = tensor('INT32', [steps, batch], Int32Array.from(fixture.labels));
  const batches = {
    steps,
    feeds: { ...rows, [TRAIN_INPUTS.labels]: labels },
    weights: new Float64Array(steps).fill(batch),
  };
  const { losses } = await runner.run(batches, new Float32Array(steps).fill(rate));
  await runner.release();
  each.losses.forEach((loss, step) => {
    expect(Math.abs(losses[step]! - loss)).toBeLessThan(2e-6);
  });
});

/** The values of the fixture in place of random ones: `lora_a` and `lora_b` are those of the only adapter. */
function withInitial(weights: ReadonlyMap<string, Tensor<'FP32'>>, { initial }: FixtureCase) {
  const found = new Set<string>();
  const replaced = [...weights].map(([name, value]): [string, Tensor<'FP32'>] => {
    const key = Object.keys(initial).find(
      each => name === each || (name.startsWith('lora/') && name.at(-1) === each.at(-1) && each.startsWith('lora')),
    );
    if (key === undefined || name.startsWith('base/head')) return [name, value];
    found.add(key);
    expect([name, value.shape.reduce((product, size) => product * size, 1)]).toEqual([name, initial[key]!.data.length]);
    return [name, tensor('FP32', value.shape, Float32Array.from(initial[key]!.data))];
  });
  expect(found.size).toBe(Object.keys(initial).length);
  return new Map(replaced);
}
