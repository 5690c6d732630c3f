import { writeModel } from '@athanor/onnx';
import { int64, type Tensor, tensor } from '@athanor/tensor';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { crossEntropy } from '../losses/cross-entropy.js';
import { adagrad } from '../optimizers/adagrad.js';
import { adam } from '../optimizers/adam.js';
import { clipByGlobalNorm, clipByValue } from '../optimizers/clip.js';
import { lion } from '../optimizers/lion.js';
import { rmsProp } from '../optimizers/rms-prop.js';
import { sgd } from '../optimizers/sgd.js';
import type { Optimizer } from '../optimizers/transform.js';
import { averageName } from './averaging.js';
import { pytorchReference as reference } from './pytorch-trajectory.testkit.js';
import { packState, unpackState } from './state.js';
import {
  buildStepGraph,
  buildTrainGraph,
  nextName,
  rowsName,
  type TrainGraph,
  type TrainGraphSpec,
} from './train-graph.js';

const { widths, batches } = reference;
const parameters = widths.slice(1).flatMap((width, index) => [
  { name: `w${index}`, shape: [widths[index]!, width] },
  { name: `b${index}`, shape: [width], isDecayed: false },
]);

const specOf = (optimizer: Optimizer, packBelow?: number): TrainGraphSpec => ({
  network: {
    parameters,
    forward: ({ g, inputs, parameters: named }) =>
      [0, 1, 2].reduce((h, index) => {
        const linear = g.op('Gemm', [h, named.get(`w${index}`), named.get(`b${index}`)]);
        return index < 2 ? g.op('Relu', [linear]) : linear;
      }, inputs.get('features')!),
  },
  optimizer,
  loss: crossEntropy(),
  inputs: { features: { dtype: 'FP32', shape: [widths[0]!] } },
  labels: { dtype: 'INT32', shape: [] },
  ...(packBelow === undefined ? {} : { packBelow }),
});

interface Trace {
  losses: number[];
  correct: number[];
  norms: number[];
  parameters: Map<string, Tensor<'FP32'>>;
  step: bigint;
}

type Feeds = Record<string, Tensor<'FP32'> | Tensor<'INT32'> | Tensor<'INT64'>>;
const toOrt = ({ dtype, shape, data }: Feeds[string]) =>
  new ort.Tensor(
    ({ FP32: 'float32', INT32: 'int32', INT64: 'int64' } as const)[dtype] as 'float32',
    data as Float32Array,
    shape,
  );

/** The rows of some steps: [steps, rows, …]. */
function rowFeeds(
  steps: readonly (readonly number[])[],
  labels: readonly number[],
  weights?: readonly number[],
): Feeds {
  const rows = steps.flat();
  const shape = [steps.length, steps[0]!.length];
  const width = widths[0]!;
  const features = rows.flatMap(row => reference.features.slice(row * width, (row + 1) * width));
  return {
    [rowsName('features')]: tensor('FP32', [...shape, width], Float32Array.from(features)),
    labels: tensor(
      'INT32',
      shape,
      Int32Array.from(rows, row => labels[row]!),
    ),
    ...(weights && {
      weights: tensor(
        'FP32',
        shape,
        Float32Array.from(rows, row => weights[row]!),
      ),
    }),
  };
}

async function trainSteps(
  graph: TrainGraph,
  learningRate: number,
  stepsPerRun: number,
  weights?: readonly number[],
  labels: readonly number[] = reference.labels,
): Promise<Trace> {
  const session = await ort.InferenceSession.create(writeModel(graph.model), { logSeverityLevel: 3 });
  const initial = new Map(
    parameters.map(({ name, shape }) => [name, tensor('FP32', shape, Float32Array.from(reference.initial[name]!))]),
  );
  let state: Record<string, ort.Tensor> = { step: toOrt(int64([], [0])) };
  for (const [name, value] of Object.entries(packState(graph, initial))) state[name] = toOrt(value);
  const trace: Trace = { losses: [], correct: [], norms: [], parameters: new Map(), step: 0n };
  for (let begin = 0; begin < batches.length; begin += stepsPerRun) {
    const rows = batches.slice(begin, begin + stepsPerRun);
    const feeds: Feeds = {
      ...rowFeeds(rows, labels, weights),
      learning_rate: tensor('FP32', [rows.length], new Float32Array(rows.length).fill(learningRate)),
    };
    const ortFeeds = Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, toOrt(value)]));
    const outputs = await session.run({ ...state, ...ortFeeds });
    state = Object.fromEntries(Object.keys(state).map(name => [name, outputs[nextName(name)] as ort.Tensor]));
    trace.losses.push(...(outputs.loss!.data as Float32Array));
    trace.correct.push(...(outputs.correct!.data as Int32Array));
    trace.norms.push(...((outputs.gradient_norm?.data ?? []) as Float32Array));
  }
  const final = Object.entries(state).map(([name, { dims, data }]) => [name, { dtype: 'FP32', shape: dims, data }]);
  trace.parameters = unpackState(graph, Object.fromEntries(final));
  trace.step = (state.step!.data as BigInt64Array)[0]!;
  await session.release();
  return trace;
}

const optimizers = {
  sgd: { optimizer: sgd({ momentum: 0.9 }), learningRate: 0.05 },
  nesterov: { optimizer: sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.01 }), learningRate: 0.02 },
  adam: { optimizer: adam(), learningRate: 0.005 },
  rmsProp: { optimizer: rmsProp({ momentum: 0.5, weightDecay: 0.01 }), learningRate: 0.002 },
  adagrad: { optimizer: adagrad({ weightDecay: 0.01 }), learningRate: 0.02 },
  lion: { optimizer: lion({ weightDecay: 0.1 }), learningRate: 0.001 },
  clippedValues: { optimizer: [clipByValue(0.05), ...sgd()], learningRate: 0.05 },
  adamwGroups: { optimizer: adam({ weightDecay: 0.5, decayParameters: 'weights' }), learningRate: 0.005 },
  nesterovGroups: {
    optimizer: sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.2, decayParameters: 'weights' }),
    learningRate: 0.02,
  },
  adamw: { optimizer: [clipByGlobalNorm(0.5), ...adam({ weightDecay: 0.1 })], learningRate: 0.005 },
};

const TOLERANCE = 1e-5;

function expectClose(received: ArrayLike<number>, expected: readonly number[]): void {
  expect(received.length).toBe(expected.length);
  expected.forEach((value, index) => {
    expect(Math.abs(received[index]! - value)).toBeLessThanOrEqual(TOLERANCE * Math.max(1, Math.abs(value)));
  });
}

describe.each(Object.entries(optimizers))('with %s', (name, { optimizer, learningRate }) => {
  const expected = reference.trajectories[name]!;

  test("losses, hits and weights equal PyTorch's in float64", async () => {
    const trace = await trainSteps(buildTrainGraph(specOf(optimizer)), learningRate, batches.length);
    expectClose(trace.losses, expected.losses);
    expect(trace.correct).toEqual(expected.correct);
    expect(trace.step).toBe(BigInt(batches.length));
    for (const { name } of parameters) expectClose(trace.parameters.get(name)!.data, expected.parameters[name]!);
  });

  test('the number of steps per run and the packing do not change the result', async () => {
    const whole = await trainSteps(buildTrainGraph(specOf(optimizer)), learningRate, batches.length);
    for (const stepsPerRun of [1, 7]) {
      expect(await trainSteps(buildTrainGraph(specOf(optimizer)), learningRate, stepsPerRun)).toEqual(whole);
    }
    if (name === 'adamw') return; // the norm of all gradients is summed in another order
    for (const packBelow of [0, 100, Number.POSITIVE_INFINITY]) {
      const other = await trainSteps(buildTrainGraph(specOf(optimizer, packBelow)), learningRate, batches.length);
      expect(other.losses).toEqual(whole.losses);
    }
  });

  test('the step graph alone gives the same result as the loop', async () => {
    const looped = await trainSteps(buildTrainGraph(specOf(optimizer)), learningRate, 1);
    expect(await trainSteps(buildStepGraph(specOf(optimizer)), learningRate, 1)).toEqual(looped);
  });
});

test('clipping reports the norm of every step', async () => {
  const { optimizer, learningRate } = optimizers.adamw;
  const { norms } = await trainSteps(buildTrainGraph(specOf(optimizer)), learningRate, batches.length);
  expect(norms).toHaveLength(batches.length);
  expect(Math.min(...norms)).toBeGreaterThan(0);
});

describe('row weights', () => {
  const { optimizer, learningRate } = optimizers.sgd;
  const weighted = buildTrainGraph({ ...specOf(optimizer), isWeighted: true });
  const steps = (weights: (row: number) => number, stepsPerRun = batches.length) =>
    trainSteps(
      weighted,
      learningRate,
      stepsPerRun,
      Array.from(reference.labels, (_, row) => weights(row)),
    );

  test('that are equal give the trajectory without weights', async () => {
    expectClose((await steps(() => 5)).losses, reference.trajectories.sgd!.losses);
  });

  test('of 0 and 1 leave rows out, whatever their labels are', async () => {
    const kept = (row: number) => Number(row % 3 > 0);
    const trace = await steps(kept);
    const flipped = reference.labels.map((label, row) => (kept(row) === 0 ? 3 - label : label));
    const weights = Array.from(reference.labels, (_, row) => kept(row));
    const other = await trainSteps(weighted, learningRate, batches.length, weights, flipped);
    expect(other.parameters).toEqual(trace.parameters);
    expect(other.losses).toEqual(trace.losses);
    expect(trace.losses).not.toEqual(reference.trajectories.sgd!.losses);
  });

  test('do not depend on the number of steps per run', async () => {
    const weightOf = (row: number) => 0.1 + (row % 5);
    expect(await steps(weightOf, 7)).toEqual(await steps(weightOf));
  });
});

test('the same specification gives the same bytes', () => {
  const bytes = () => writeModel(buildTrainGraph(specOf(adam())).model);
  expect(bytes()).toEqual(bytes());
});

test("bug: a parameter named 'packed' was confused with the vector of small parameters", async () => {
  const rename = (name: string) => (name === 'b0' ? 'packed' : name);
  const spec = specOf(adam());
  const renamed: TrainGraphSpec = {
    ...spec,
    network: {
      parameters: parameters.map(({ name, shape }) => ({ name: rename(name), shape })),
      forward: ({ parameters: named, ...step }) => {
        const known = new Map(parameters.map(({ name }) => [name, named.get(rename(name))!]));
        return spec.network.forward({ ...step, parameters: known });
      },
    },
  };
  const graph = buildTrainGraph(renamed);
  const state = new Map(
    parameters.map(({ name, shape }) => [
      rename(name),
      tensor('FP32', shape, Float32Array.from(reference.initial[name]!)),
    ]),
  );
  expect([...unpackState(graph, packState(graph, state)).keys()]).toContain('packed');
  expect(unpackState(graph, packState(graph, state)).get('packed')).toEqual(state.get('packed'));
  expect(graph.groups.map(({ name }) => name)).toEqual(['packed_']);
});

test('a network without a parameter that is trained is refused', () => {
  const { network, ...spec } = specOf(adam());
  const frozen = network.parameters.map(parameter => ({ ...parameter, isTrainable: false }));
  expect(() => buildTrainGraph({ ...spec, network: { ...network, parameters: frozen } })).toThrow(
    'no parameter that is trained',
  );
});

test('a parameter that is not trained keeps its value and has no state', async () => {
  const { network, ...spec } = specOf(sgd({ momentum: 0.9 }));
  const parameters = network.parameters.map(each => ({ ...each, isTrainable: each.name !== 'w0' }));
  const { groups, optimizerSlots, frozen } = buildTrainGraph({ ...spec, network: { ...network, parameters } });
  expect(frozen.map(({ name }) => name)).toEqual(['w0']);
  const members = groups.flatMap(group => group.members.map(({ name }) => name));
  expect(members).toEqual(['b0', 'w1', 'b1', 'w2', 'b2']);
  expect(optimizerSlots).toHaveLength(groups.length);
});

test('parameters that are not trained do not decay', async () => {
  const { network, ...spec } = specOf(adam({ weightDecay: 0.5 }));
  const frozen = network.parameters.map(each => ({ ...each, isTrainable: each.name === 'w2' }));
  const { model } = buildTrainGraph({ ...spec, network: { ...network, parameters: frozen } });
  const outputs = model.graph.outputs.map(({ name }) => name);
  expect(outputs).toContain(nextName('w2'));
  for (const name of ['w0', 'b0', 'w1', 'b1', 'b2']) expect(outputs).not.toContain(nextName(name));
});

describe('a step of several batches', () => {
  // 8 rows per step of the reference: batches of 2, or of 3 with a last one of 2.
  const accumulated = (batchRows: number, spec: TrainGraphSpec) =>
    buildTrainGraph({ ...spec, accumulation: { batches: Math.ceil(8 / batchRows), batchRows } });

  test.each(Object.entries(optimizers))('with %s equals a step of all their rows', async (name, each) => {
    const expected = reference.trajectories[name]!;
    for (const batchRows of [2, 3]) {
      const trace = await trainSteps(accumulated(batchRows, specOf(each.optimizer)), each.learningRate, batches.length);
      expectClose(trace.losses, expected.losses);
      expect(trace.correct).toEqual(expected.correct);
      expect(trace.step).toBe(BigInt(batches.length));
      for (const parameter of parameters)
        expectClose(trace.parameters.get(parameter.name)!.data, expected.parameters[parameter.name]!);
    }
  });

  test('follows PyTorch, which divides the loss of each batch by their number', async () => {
    const trace = await trainSteps(accumulated(2, specOf(adam())), 0.005, batches.length);
    const expected = reference.trajectories.accumulated!;
    expectClose(trace.losses, expected.losses);
    for (const { name } of parameters) expectClose(trace.parameters.get(name)!.data, expected.parameters[name]!);
  });

  test('does not depend on the number of steps per run, and the step graph alone gives the same', async () => {
    const graph = () => accumulated(3, specOf(optimizers.adamw.optimizer));
    const whole = await trainSteps(graph(), 0.005, batches.length);
    for (const stepsPerRun of [1, 7]) expect(await trainSteps(graph(), 0.005, stepsPerRun)).toEqual(whole);
    const step = buildStepGraph({
      ...specOf(optimizers.adamw.optimizer),
      accumulation: { batches: 3, batchRows: 3 },
    });
    expect(await trainSteps(step, 0.005, 1)).toEqual(whole);
  });

  test('divides by the weights of all rows, and counts a penalty once', async () => {
    const spec = { ...specOf(sgd({ momentum: 0.9 })), isWeighted: true };
    const penalized = spec.network.parameters.map(each => ({ ...each, l2: each.name === 'w1' ? 0.1 : 0 }));
    const whole = { ...spec, network: { ...spec.network, parameters: penalized } };
    const weights = reference.labels.map((_, row) => row % 4);
    const expected = await trainSteps(buildTrainGraph(whole), 0.05, batches.length, weights);
    const trace = await trainSteps(accumulated(3, whole), 0.05, batches.length, weights);
    expectClose(trace.losses, expected.losses);
    for (const { name } of parameters)
      expectClose(trace.parameters.get(name)!.data, [...expected.parameters.get(name)!.data]);
  });
});

test("the average of the weights equals that of PyTorch's AveragedModel, for any number of steps per run", async () => {
  const graph = () => buildTrainGraph({ ...specOf(adam()), averageDecay: 0.9 });
  const expected = reference.trajectories.averaged!;
  for (const stepsPerRun of [batches.length, 7]) {
    const trace = await trainSteps(graph(), 0.005, stepsPerRun);
    expectClose(trace.losses, expected.losses);
    for (const { name } of parameters)
      expectClose(trace.parameters.get(averageName(name))!.data, expected.parameters[name]!);
  }
});
