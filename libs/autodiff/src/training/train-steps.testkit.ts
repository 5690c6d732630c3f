// Trains the network of pytorch-trajectory.json with ONNX Runtime.

import { writeModel } from '@athanor/onnx';
import { int64, type Tensor, tensor } from '@athanor/tensor';
import * as ort from 'onnxruntime-node';
import { expect } from 'vitest';
import { crossEntropy } from '../losses/cross-entropy.js';
import { adagrad } from '../optimizers/adagrad.js';
import { adam } from '../optimizers/adam.js';
import { clipByGlobalNorm, clipByValue } from '../optimizers/clip.js';
import { lion } from '../optimizers/lion.js';
import { rmsProp } from '../optimizers/rms-prop.js';
import { sgd } from '../optimizers/sgd.js';
import type { Optimizer } from '../optimizers/transform.js';
import { pytorchReference as reference } from './pytorch-trajectory.testkit.js';
import { packState, unpackState } from './state.js';
import { nextName, rowsName, type TrainGraph, type TrainGraphSpec } from './train-graph.js';

const { widths, batches } = reference;
export const parameters = widths.slice(1).flatMap((width, index) => [
  { name: `w${index}`, shape: [widths[index]!, width] },
  { name: `b${index}`, shape: [width], isDecayed: false },
]);

export const specOf = (optimizer: Optimizer, packBelow?: number): TrainGraphSpec => ({
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

export async function trainSteps(
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

export const optimizers = {
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

export function expectClose(received: ArrayLike<number>, expected: readonly number[]): void {
  expect(received.length).toBe(expected.length);
  expected.forEach((value, index) => {
    expect(Math.abs(received[index]! - value)).toBeLessThanOrEqual(TOLERANCE * Math.max(1, Math.abs(value)));
  });
}
