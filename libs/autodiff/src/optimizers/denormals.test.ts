import { writeModel } from '@athanor/onnx';
import { int64, type Tensor, tensor } from '@athanor/tensor';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { squaredError } from '../losses/squared-error.js';
import { packState, unpackState } from '../training/state.js';
import { buildTrainGraph, nextName, rowsName } from '../training/train-graph.js';
import { adam } from './adam.js';
import { lion } from './lion.js';
import { rmsProp } from './rms-prop.js';
import { sgd } from './sgd.js';
import type { Optimizer } from './transform.js';

// Enough for 0.99 to decay from 1 to below the smallest normal number, after which nothing may change.
const STEPS = 20_000;
const SMALLEST_NORMAL = 2 ** -126;

/** ŷ = wx with two weights; the second one's input is 0 but in the first step. Returns the state before and after the rest. */
async function trained(optimizer: Optimizer) {
  const graph = buildTrainGraph({
    network: {
      parameters: [{ name: 'w', shape: [2, 1] }],
      forward: ({ g, inputs, parameters }) => g.op('MatMul', [inputs.get('x')!, parameters.get('w')!]),
    },
    ...{ optimizer, loss: squaredError, inputs: { x: { dtype: 'FP32', shape: [2] } } },
    labels: { dtype: 'FP32', shape: [1] },
  });
  const session = await ort.InferenceSession.create(writeModel(graph.model), { logSeverityLevel: 3 });
  const float = (shape: readonly number[], of: (index: number) => number) =>
    tensor(
      'FP32',
      shape,
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => of(i)),
    );
  let state: Record<string, Tensor> = {
    ...packState(graph, new Map([['w', float([2, 1], i => 0.5 - i)]])),
    step: int64([], [0]),
  };
  const run = async (steps: number, second: number) => {
    const feeds = {
      ...state,
      [rowsName('x')]: float([steps, 1, 2], i => (i % 2 === 0 ? Math.sin(i) : second)),
      labels: float([steps, 1, 1], Math.cos),
      learning_rate: float([steps], () => 1e-3),
    };
    const given = Object.entries(feeds).map(([name, { dtype, shape, data }]) => [
      name,
      new ort.Tensor((dtype === 'INT64' ? 'int64' : 'float32') as 'float32', data as Float32Array, [...shape]),
    ]);
    const outputs = await session.run(Object.fromEntries(given));
    const next = Object.entries(state).map(([name, { dtype, shape }]) => {
      return [name, { dtype, shape, data: outputs[nextName(name)]!.data } as Tensor];
    });
    state = Object.fromEntries(next);
    return unpackState(graph, state);
  };
  await run(1, 1);
  const before = await run(STEPS / 2, 0);
  const after = await run(STEPS / 2, 0);
  await session.release();
  return { before, after };
}

test.each([
  ['adam', adam()],
  ['adam with fast decay', adam({ beta1: 0.5, beta2: 0.9 })],
  ['sgd with momentum', sgd({ momentum: 0.9 })],
  ['rmsprop with momentum', rmsProp({ momentum: 0.9 })],
  ['lion', lion()],
])(
  'with %s, nothing is denormal once a weight gets no gradient any more, and the weight stays',
  async (_, optimizer) => {
    const { before, after } = await trained(optimizer);
    const denormal = [...after].filter(([, { data }]) =>
      data.some(value => value !== 0 && Math.abs(value) < SMALLEST_NORMAL),
    );
    expect(denormal.map(([name]) => name)).toEqual([]);
    expect(after.get('w')!.data[1]).toBe(before.get('w')!.data[1]);
  },
);
