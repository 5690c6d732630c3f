import { readFileSync } from 'node:fs';
import { GraphBuilder, inlineGraph, readModel, toModel, toTableOpset, type Value, writeModel } from '@athanor/onnx';
import { evaluateGraph } from '@athanor/onnx/evaluate';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { gradients } from '../reverse-mode.js';

interface ExportCase {
  readonly file: string;
  readonly shape: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Of x and of each parameter, by the name of its initializer. */
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

const here = (file: string) => new URL(file, import.meta.url);
const { cases } = JSON.parse(readFileSync(here('gradients.json'), 'utf8')) as { readonly cases: readonly ExportCase[] };

/** A graph with the input x, the outputs y and gradient/<name>; the weight of each result in the loss is as in the generator. */
function differentiated({ file, shape, y: results, gradients: expected }: ExportCase) {
  const { graph } = toTableOpset(readModel(readFileSync(here(file))));
  const g = new GraphBuilder('export');
  const x = g.input('x', { dtype: 'FP32', shape });
  const bindings = new Map<string, Value>([[graph.inputs[0]!.name, x]]);
  const wanted = new Map<string, Value>([['x', x]]);
  for (const [name, tensor] of graph.initializers) {
    if (expected[name] === undefined) continue;
    const parameter = g.initializer(`parameter/${name}`, tensor);
    bindings.set(name, parameter);
    wanted.set(name, parameter);
  }
  const y = inlineGraph(g, graph, bindings).get(graph.outputs[0]!.name)!;
  const weights = Float32Array.from(results, (_, i) => (((i * 7 + 3) % 11) - 5) / 4);
  const seed = g.constant({ dtype: 'FP32', shape: y.shape as number[], data: weights }, 'weights');
  const derivatives = gradients(g, [{ value: y, gradient: seed }], [...wanted.values()]);
  g.output(y, 'result');
  [...wanted.keys()].forEach((name, index) => {
    g.output(derivatives[index]!, `gradient/${name}`);
  });
  return g.graph();
}

/** The largest |received - expected| / max(1, |expected|). */
function largestError(received: ArrayLike<number | bigint | string>, expected: readonly number[]): number {
  expect(received.length).toBe(expected.length);
  const errors = expected.map((value, i) => Math.abs(Number(received[i]) - value) / Math.max(1, Math.abs(value)));
  return errors.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(...errors);
}

function expectedOutputs({
  y,
  gradients: expected,
}: ExportCase): (readonly [name: string, values: readonly number[]])[] {
  return [['result', y], ...Object.entries(expected).map(([name, values]) => [`gradient/${name}`, values] as const)];
}

describe.each(cases.map(each => [each.file, each] as const))('%s', (_, each) => {
  test('has torch’s results and gradients by the reference in float64', () => {
    const x = { dtype: 'FP32' as const, shape: each.shape, data: Float64Array.from(each.x) };
    const outputs = evaluateGraph(differentiated(each), { x });
    // The files have √2, ε and the scale of attention as float32 numbers.
    for (const [name, values] of expectedOutputs(each))
      expect(largestError(outputs.get(name)!.data as Float64Array, values)).toBeLessThan(1e-7);
  });

  test('has them in ONNX Runtime, in float32', async () => {
    const session = await ort.InferenceSession.create(writeModel(toModel(differentiated(each))), {
      logSeverityLevel: 3,
    });
    const outputs = await session.run({ x: new ort.Tensor('float32', Float32Array.from(each.x), [...each.shape]) });
    await session.release();
    for (const [name, values] of expectedOutputs(each))
      expect(largestError(outputs[name]!.data as Float32Array, values)).toBeLessThan(1e-4);
  });
});

test('a CNN, an MLP with layer normalization and an attention block are there, by both of PyTorch’s exporters', () => {
  const names = ['attention', 'cnn', 'mlp'].flatMap(name => [`${name}-dynamo.onnx`, `${name}-script.onnx`]);
  expect(cases.map(({ file }) => file).sort()).toEqual(names);
});
