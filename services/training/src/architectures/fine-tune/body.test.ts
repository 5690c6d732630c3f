import { type Graph, GraphBuilder, int, type Model, type Node, toModel, type Value } from '@athanor/onnx';
import { tensor } from '@athanor/tensor';
import { describe, expect, test } from 'vitest';
import { baseGraph, checkInput } from './base-graph.js';
import { bodyOf } from './body.js';
import { findHead } from './find-head.js';

const type = { dtype: 'FP32' as const, shape: ['batch', 3, 4, 4] };
const fp32 = (shape: readonly number[], of: (index: number) => number) =>
  tensor(
    'FP32',
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => of(i)),
  );
const node = (op: string, inputs: string[], outputs: string[], attributes: Node['attributes'] = {}): Node => ({
  ...{ op, domain: '', name: '', inputs, outputs, attributes },
});

/** (x - mean) / scale, convolution, batch normalization, dropout, resizing, pooling, MatMul and Add. */
function network(): Model {
  const g = new GraphBuilder('network');
  const weight = (name: string, shape: readonly number[], of = (i: number) => Math.sin(i)) =>
    g.initializer(name, fp32(shape, of));
  const image = g.input('image', type);
  const centred = g.op('Sub', [image, weight('mean', [1, 3, 1, 1])]);
  const scaled = g.op('Div', [centred, weight('scale', [1, 3, 1, 1], () => 2)]);
  const convolved = g.op('Conv', [scaled, weight('conv.weight', [5, 3, 3, 3]), weight('conv.bias', [5])]);
  const [ones, zeros] = [weight('ones', [5], () => 1), weight('zeros', [5], () => 0)];
  // One tensor is both scale and variance, as exporters share equal ones.
  const normalized = g.op('BatchNormalization', [convolved, ones, zeros, zeros, ones]);
  const scales = g.initializer('scales', tensor('FP32', [4], Float32Array.of(1, 1, 2, 2)));
  const resized = g.op('Resize', [normalized, undefined, scales], { attributes: { mode: 'nearest' } });
  const pooled = g.op('Flatten', [g.op('GlobalAveragePool', [resized])]);
  const product = g.op('MatMul', [pooled, weight('fc.weight', [5, 3])]);
  g.output(g.op('Softmax', [g.op('Add', [product, weight('fc.bias', [3])])]), 'scores');
  return toModel(g.graph());
}

const changed = (model: Model, change: (graph: Graph) => Graph): Model => ({ ...model, graph: change(model.graph) });

/** What is before the last layer. */
function bodyBeforeHead(model: Model) {
  const graph = baseGraph(model);
  const head = findHead(graph);
  return { head, body: bodyOf(graph, head.features, { name: checkInput(graph, type), type }) };
}

/** The operators that a body emits. */
function emittedNodes(model: Model): readonly Node[] {
  const { body } = bodyBeforeHead(model);
  const g = new GraphBuilder('emitted');
  const values = new Map(
    body.weights.map(({ name, values: each }): [string, Value] => [name, g.initializer(name, each)]),
  );
  body.emit(g, g.input('rows', type), name => values.get(name)!);
  return g.nodes();
}

describe('the body of an imported network', () => {
  test('has the weights of its layers as parameters, without what prepares the input and the numbers of formulas', () => {
    const { head, body } = bodyBeforeHead(network());
    expect(head.weights).toEqual(['fc.weight', 'fc.bias']);
    expect(body.width).toBe(5);
    expect(body.weights.map(({ name, isStatistic, product }) => [name, isStatistic, product?.op])).toEqual([
      ['conv.weight', false, 'Conv'],
      ['conv.bias', false, undefined],
      ['ones', true, undefined],
      ['zeros', true, undefined],
    ]);
  });

  test('is in the form of inference, also if it was exported for training', () => {
    const training = changed(network(), ({ nodes, initializers, ...graph }) => {
      const at = nodes.findIndex(({ op }) => op === 'BatchNormalization');
      const normalization = nodes[at]!;
      const [output] = normalization.outputs;
      const trained = {
        ...normalization,
        outputs: ['normalized', 'mean_out', 'variance_out'],
        attributes: { ...normalization.attributes, training_mode: int(1) },
      };
      const dropout = node('Dropout', ['normalized', 'ratio', 'is_training'], [output!, 'mask']);
      const added = [
        ['ratio', tensor('FP32', [], Float32Array.of(0.5))],
        ['is_training', tensor('BOOL', [], Uint8Array.of(1))],
      ] as const;
      return {
        ...graph,
        nodes: nodes.toSpliced(at, 1, trained, dropout),
        initializers: new Map([...initializers, ...added]),
      };
    });
    expect(emittedNodes(training)).toEqual(emittedNodes(network()));
    expect(emittedNodes(training).map(({ op }) => op)).not.toContain('Dropout');
  });

  test('keeps the values of initializers that could be fed', () => {
    const feedable = changed(network(), graph => {
      const inputs = [...graph.initializers].map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
      return { ...graph, inputs: [...graph.inputs, ...inputs] };
    });
    const names = (model: Model) => bodyBeforeHead(model).body.weights.map(({ name }) => name);
    expect(names(feedable)).toEqual(names(network()));
  });

  test('has weights that the file writes as Constant nodes', () => {
    const written = changed(network(), graph => {
      const weights = [...graph.initializers].filter(([name]) => name.includes('weight') || name.includes('bias'));
      const constants = weights.map(([name, value]) =>
        node('Constant', [], [name], { value: { kind: 'tensor', value } }),
      );
      const rest = [...graph.initializers].filter(([name]) => !weights.some(([each]) => each === name));
      return { ...graph, nodes: [...constants, ...graph.nodes], initializers: new Map(rest) };
    });
    const { head, body } = bodyBeforeHead(written);
    expect(head.features).toBe(bodyBeforeHead(network()).head.features);
    expect(body.weights.map(({ name }) => name)).toContain('conv.weight');
  });

  test('has no mask with an infinity among its weights', () => {
    const masked = changed(network(), graph => {
      const { features } = findHead(baseGraph(network()));
      const nodes = graph.nodes.flatMap(each =>
        each.inputs.includes(features)
          ? [
              node('Add', [features, 'mask'], ['masked']),
              { ...each, inputs: each.inputs.map(name => (name === features ? 'masked' : name)) },
            ]
          : [each],
      );
      const mask = fp32([5], i => (i === 4 ? Number.NEGATIVE_INFINITY : 0));
      return { ...graph, nodes, initializers: new Map([...graph.initializers, ['mask', mask]]) };
    });
    const { head, body } = bodyBeforeHead(masked);
    expect(head.features).toBe('masked');
    expect(body.weights.map(({ name }) => name)).not.toContain('mask');
  });
});
