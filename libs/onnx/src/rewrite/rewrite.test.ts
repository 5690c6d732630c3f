import { scalar, tensor } from '@athanor/tensor';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { GraphBuilder } from '../build/graph-builder.js';
import { loop } from '../build/loop.js';
import { toModel } from '../build/to-model.js';
import { checkModel } from '../check/check-model.js';
import type { Model } from '../model.js';
import { removeDeadCode } from '../passes/remove-dead-code.js';
import { writeModel } from '../wire/encode.js';
import { mergeModels } from './merge.js';
import { prefixValues } from './rename.js';

/** features = pixels / 2 */
function preprocessing(): Model {
  const g = new GraphBuilder('preprocessing');
  const pixels = g.input('pixels', { dtype: 'FP32', shape: ['batch', 2] });
  g.output(g.op('Div', [pixels, g.constant(scalar('FP32', 2))]), 'features');
  return toModel(g.graph());
}

/** y = features · w^rounds, with w read by the Loop's body from outside. */
function network(inputName = 'features'): Model {
  const g = new GraphBuilder('network');
  const features = g.input(inputName, { dtype: 'FP32', shape: ['batch', 2] });
  const rounds = g.input('rounds', { dtype: 'INT64', shape: [] });
  const w = g.initializer('w', tensor('FP32', [2], Float32Array.of(3, 10)));
  const { carried } = loop(g, { tripCount: rounds, carried: [features] }, (body, _, [value]) => ({
    carried: [body.op('Mul', [value, w])],
    scanned: [],
  }));
  g.output(carried[0]!, 'y');
  return toModel(g.graph());
}

async function run(model: Model, input: string): Promise<number[]> {
  const session = await ort.InferenceSession.create(writeModel(model), { logSeverityLevel: 3 });
  const { y } = await session.run({
    [input]: new ort.Tensor('float32', Float32Array.of(2, 4), [1, 2]),
    rounds: new ort.Tensor('int64', BigInt64Array.of(2n), []),
  });
  await session.release();
  return [...(y!.data as Float32Array)];
}

test("two models are fused to one with the first's inputs and the second's outputs", async () => {
  const merged = mergeModels(preprocessing(), network(), { features: 'features' });
  checkModel(merged);
  expect(merged.graph.inputs.map(({ name }) => name)).toEqual(['pixels', 'rounds']);
  expect(merged.graph.outputs.map(({ name }) => name)).toEqual(['y']);
  expect(await run(merged, 'pixels')).toEqual([9, 200]);
});

test('merging the same models twice gives the same bytes', () => {
  const bytes = () => writeModel(mergeModels(preprocessing(), network('x'), { x: 'features' }));
  expect(bytes()).toEqual(bytes());
});

test('models that do not fit together are refused', () => {
  expect(() => mergeModels(preprocessing(), network(), { features: 'nothing' })).toThrow(
    'expected one of "features" to connect, received "nothing"',
  );
  const older = { ...network(), opsets: { '': 13 } };
  expect(() => mergeModels(preprocessing(), older, { features: 'features' })).toThrow(
    'ai.onnx is at opset 21 in one model, 13 in the other',
  );
  expect(() => mergeModels(preprocessing(), network('pixels'), {})).toThrow('both models have "pixels"');
});

test('prefixing renames bodies and their outer references too', async () => {
  const { graph, ...rest } = network();
  const prefixed = { ...rest, graph: prefixValues(graph, 'p/', new Set(['features', 'rounds', 'y'])) };
  checkModel(prefixed);
  expect([...prefixed.graph.initializers.keys()].every(name => name.startsWith('p/'))).toBe(true);
  expect(await run(prefixed, 'features')).toEqual([18, 400]);
});

test('pruning drops what no output needs and keeps what only a body reads', () => {
  const { graph } = network();
  const unused = { op: 'Relu', domain: '', name: '', inputs: ['w'], outputs: ['unused'], attributes: {} };
  const spare = tensor('FP32', [1], Float32Array.of(0));
  const grown = {
    ...graph,
    nodes: [unused, ...graph.nodes],
    initializers: new Map([...graph.initializers, ['spare', spare]]),
  };
  expect(removeDeadCode(grown)).toEqual(graph);
});
