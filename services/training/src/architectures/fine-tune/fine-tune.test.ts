import { type Model, readModel } from '@athanor/onnx';
import { bytesOf, type NumericTensor } from '@athanor/tensor';
import { describe, expect, test } from 'vitest';
import { evaluateModel } from '../../engine/evaluate.js';
import { exportModel } from '../../engine/export-model.js';
import { prepareData } from '../../engine/prepare-data.js';
import type { TrainingSpec } from '../../engine/spec.js';
import { train } from '../../engine/train.js';
import type { TrainingData } from '../../engine/training-data.js';
import { modelOf, optimizerOf, specOf } from '../../engine/training-data.testkit.js';
import type { RawSplit } from '../../features/raw-split.js';
import {
  exported,
  FEATURES,
  imageTransforms,
  NUMBERS,
  numbers,
  numberTransforms,
  stripes,
} from './fine-tune.testkit.js';

async function trained(changes: Partial<TrainingSpec>, resumeFrom?: Uint8Array) {
  const spec = specOf({ transforms: imageTransforms, epochs: 3, ...changes });
  const data = { ...stripes(), base: exported('cnn-dynamo.onnx') };
  const checkpoints = new Map<number, Uint8Array>();
  const losses: number[] = [];
  const result = await train({
    ...{ spec, data },
    ...(resumeFrom && { resumeFrom }),
    onChunk: report => void losses.push(...report.losses),
    onCheckpoint: (bytes, { step }) => void checkpoints.set(step, bytes),
  });
  if (result.status !== 'completed') throw new Error(result.status);
  const files = exportModel({ spec, ...result }).files;
  return {
    spec,
    data,
    result,
    losses,
    checkpoints,
    model: files.get('model.onnx')!,
    evaluated: files.get('eval.onnx')!,
  };
}

const optimizer = optimizerOf('adam', { learningRate: 0.02 });

describe.each(['full', 'head', 'lora'])('%s', kind => {
  const model = modelOf('fine-tune', { train: kind, rank: 2 });

  test('the chunk size and resuming do not change the result', async () => {
    const whole = await trained({ model, chunkSteps: 1 });
    const { losses, checkpoints, model: file } = await trained({ model, chunkSteps: 64 });
    expect({ losses, checkpoints, file }).toEqual({
      ...{ losses: whole.losses, checkpoints: whole.checkpoints, file: whole.model },
    });
    const resumed = await trained({ model, patience: 0 }, whole.checkpoints.get(10)!);
    expect(resumed.losses).toEqual(whole.losses.slice(10));
    expect(resumed.model).toEqual(whole.model);
  });

  test('it learns, and only what is meant to change does', async () => {
    const { result, losses, data } = await trained({ model, epochs: 60, optimizer, patience: 30 });
    expect(losses.at(-1)!).toBeLessThan(kind === 'head' ? 1.5 : 0.6);
    for (const [name, values] of data.base!.graph.initializers) {
      const now = result.weights.get(`base/${name}`);
      if (now !== undefined) expect([name, isEqual(now, values as NumericTensor)]).toEqual([name, kind !== 'full']);
    }
  });
});

const isEqual = (a: NumericTensor, b: NumericTensor) => Buffer.compare(bytesOf(a), bytesOf(b)) === 0;

test('low-rank additions are part of the weights that are served', async () => {
  const { spec, data, result, model } = await trained({
    model: modelOf('fine-tune', { train: 'lora' }),
    epochs: 20,
    optimizer,
  });
  const names = [...readModel(model).graph.initializers.keys()];
  expect(names.filter(name => name.includes('lora'))).toEqual([]);
  const { scores } = result.network.task;
  const { model: network } = result.network;
  const served = (file: Uint8Array) =>
    evaluateModel(file, data.validation, { scores, batchSize: 20, columns: [data.columns[0]!], cpuThreads: 1 });
  const { merge: _, ...unmerged } = network;
  const expected = await served(
    exportModel({ spec, ...result, network: { ...result.network, model: unmerged } }).files.get('model.onnx')!,
  );
  const received = await served(model);
  expect(received.length).toBe(100);
  received.forEach((score, index) => {
    expect(score).toBeCloseTo(expected[index]!, 5);
  });
});

test('a last layer that is kept starts with its own values', async () => {
  const base = exported('cnn-script.onnx');
  const data = { ...stripes(), base };
  const spec = specOf({ transforms: imageTransforms, model: modelOf('fine-tune', { head: 'keep', train: 'head' }) });
  await expect(train({ spec, data })).rejects.toThrow("the task has 5 outputs, the model's last layer 3");
  const { network } = await prepareData(spec, { ...threeClasses(data), base });
  expect(network.model.parameters.filter(each => each.isTrainable).map(({ name }) => name)).toEqual([
    'base/head.weight',
    'base/head.bias',
  ]);
});

test('constants of formulas are no weights, and vectors need not decay', async () => {
  const spec = specOf({
    ...{ inputs: NUMBERS, transforms: numberTransforms },
    model: modelOf('fine-tune', { features: FEATURES['mlp-script.onnx'] }),
  });
  const { network } = await prepareData(spec, { ...numbers(), base: exported('mlp-script.onnx') });
  expect(network.model.parameters.map(({ name, isDecayed = true }) => [name, isDecayed])).toEqual([
    ['base/layers.0.weight', true],
    ['base/layers.0.bias', false],
    ['base/layers.1.weight', false],
    ['base/layers.1.bias', false],
    ['head.weight', true],
    ['head.bias', false],
  ]);
});

describe('it is refused before the first step', () => {
  const refused = async (base: Model | undefined, parameters: object, changes: Partial<TrainingData> = {}) => {
    const spec = specOf({ transforms: imageTransforms, model: modelOf('fine-tune', parameters) });
    return await train({ spec, data: { ...stripes(), ...(base && { base }), ...changes } }).catch(error => error);
  };
  const cnn = exported('cnn-script.onnx');

  test.each([
    ['without an imported model', undefined, {}, 'UnsupportedInputs', 'starts from an imported model'],
    [
      'rows of another size',
      exported('mlp-script.onnx'),
      {},
      'UnsupportedBase',
      "the model's input 'x' is FP32 [batch, 4]",
    ],
    ['no linear layer at the end', withoutHead(cnn), {}, 'UnsupportedBase', 'ends in a linear layer'],
    ['an unknown value', cnn, { features: 'nothing' }, 'UnsupportedBase', "computes no value 'nothing'"],
    [
      'an unknown weight',
      cnn,
      { freeze: ['stem.*'] },
      'UnsupportedBase',
      "no weight is called 'stem.*'; there are features.0",
    ],
    ['a fixed batch', withBatch(cnn, 1), {}, 'UnsupportedBase', 'its batch is fixed'],
    ['no matrix for lora', cnn, { train: 'lora', freeze: ['features.*'] }, 'UnsupportedBase', 'no matrix that lora'],
    [
      'an operator that is not in our table',
      withOperator(cnn, 'NonMaxSuppression'),
      {},
      'UnsupportedBase',
      'NonMaxSuppression',
    ],
  ])('%s', async (_, base, parameters, name, message) => {
    const error = await refused(base, parameters);
    expect([error.name, error.message]).toEqual([name, expect.stringContaining(message)]);
  });

  test('weights that all keep their values', async () => {
    const parameters = { head: 'keep', train: 'head', freeze: ['head.*'] };
    const error = await refused(cnn, parameters, threeClasses(stripes()));
    expect([error.name, error.message]).toEqual(['GradientError', 'the network has no parameter that is trained']);
  });
});

function withoutHead({ graph, ...model }: Model): Model {
  const nodes = graph.nodes.filter(({ op }) => op !== 'Gemm' && op !== 'LogSoftmax');
  return { ...model, graph: { ...graph, nodes, outputs: [{ name: nodes.at(-1)!.outputs[0]! }] } };
}

function withBatch({ graph, ...model }: Model, batch: number): Model {
  const inputs = graph.inputs.map(input => ({ ...input, shape: [batch, ...input.shape!.slice(1)] }));
  return { ...model, graph: { ...graph, inputs } };
}

function withOperator({ graph, ...model }: Model, op: string): Model {
  const nodes = graph.nodes.map(node => (node.op === 'Relu' ? { ...node, op } : node));
  return { ...model, graph: { ...graph, nodes } };
}

/** As many classes as the exported network has. */
function threeClasses({ columns, train, validation }: TrainingData): TrainingData {
  const [image, label] = columns;
  const codes = ({ rows, values }: RawSplit): RawSplit => {
    const label = { kind: 'category' as const, codes: Int32Array.from({ length: rows }, (_, row) => row % 3) };
    return { rows, values: new Map([...values, ['label', label]]) };
  };
  return {
    columns: [image!, { ...label!, categories: ['a', 'b', 'c'] }],
    train: codes(train),
    validation: codes(validation),
  };
}
