import { tensor } from '@athanor/tensor';
import { expect, test } from 'vitest';
import { graphAttribute } from '../attribute.js';
import { GraphBuilder } from '../build/graph-builder.js';
import { loop } from '../build/loop.js';
import { toModel } from '../build/to-model.js';
import type { Graph, Model, Node } from '../model.js';
import { writeModel } from '../wire/encode.js';
import { checkModel, readCheckedModel } from './check-model.js';
import type { ModelLimits } from './limits.js';

function goodModel(): Model {
  const g = new GraphBuilder('good');
  const x = g.input('x', { dtype: 'FP32', shape: ['batch', 2] });
  const rounds = g.input('rounds', { dtype: 'INT64', shape: [] });
  const w = g.initializer('w', tensor('FP32', [2], Float32Array.of(1, 2)));
  const { carried } = loop(g, { tripCount: rounds, carried: [x] }, (body, _, [value]) => ({
    carried: [body.op('Mul', [value, w])],
    scanned: [],
  }));
  g.output(carried[0]!, 'y');
  return toModel(g.graph());
}

const node = (changes: Partial<Node>): Node => ({
  op: 'Relu',
  domain: '',
  name: '',
  inputs: ['x'],
  outputs: ['z'],
  attributes: {},
  ...changes,
});
const withNode = (changes: Partial<Node>): Model => withGraph(graph => ({ nodes: [...graph.nodes, node(changes)] }));
const withGraph = (change: (graph: Graph) => Partial<Graph>): Model => {
  const model = goodModel();
  return { ...model, graph: { ...model.graph, ...change(model.graph) } };
};
const emptyBody: Graph = { name: 'body', inputs: [], outputs: [], initializers: new Map(), nodes: [] };
const shadowing: Graph = { ...emptyBody, nodes: [node({ outputs: ['w'] })] };
const leaking: Graph = { ...emptyBody, nodes: [node({ outputs: ['private'] })] };

test('a well-formed model passes, whether in memory or in a file', () => {
  expect(() => checkModel(goodModel())).not.toThrow();
  expect(readCheckedModel(writeModel(goodModel())).graph.name).toBe('good');
});

test('sibling bodies may use the same names', () => {
  const branches = { then_branch: graphAttribute(leaking), else_branch: graphAttribute(leaking) };
  expect(() => checkModel(withNode({ op: 'If', attributes: branches }))).not.toThrow();
});

test.each<[string, Model, string, string]>([
  ['an unknown operator', withNode({ op: 'Frobnicate' }), 'UNKNOWN_OPERATOR', 'ai.onnx has no operator Frobnicate'],
  ['an operator named like a property of objects', withNode({ op: 'constructor' }), 'UNKNOWN_OPERATOR', 'constructor'],
  ['a foreign domain on a node', withNode({ domain: 'com.evil' }), 'UNKNOWN_DOMAIN', '"com.evil"'],
  ['a foreign operator set', { ...goodModel(), opsets: { '': 21, 'com.evil': 1 } }, 'UNKNOWN_DOMAIN', '"com.evil"'],
  ['an opset of the future', { ...goodModel(), opsets: { '': 99 } }, 'UNSUPPORTED_FEATURE', '7 to 28, received 99'],
  ['too few inputs', withNode({ op: 'MatMul' }), 'MALFORMED', 'MatMul takes 2 to 2 inputs'],
  ['a name used before it is defined', withNode({ inputs: ['later'] }), 'UNDEFINED_VALUE', '"later", an input of Relu'],
  ['a name defined twice', withNode({ outputs: ['y'] }), 'DUPLICATE_VALUE', '"y" is defined twice'],
  [
    'an output that is not defined',
    withGraph(() => ({ outputs: [{ name: 'q', dtype: 'FP32', shape: [] }] })),
    'UNDEFINED_VALUE',
    '"q"',
  ],
  ['an input without a type', withGraph(() => ({ inputs: [{ name: 'x' }] })), 'MALFORMED', '"x" of the main graph'],
  [
    'a body that shadows a name',
    withNode({ op: 'If', attributes: { then_branch: graphAttribute(shadowing) } }),
    'DUPLICATE_VALUE',
    '"w"',
  ],
  [
    'a name of a body used outside',
    withGraph(graph => ({
      nodes: [
        ...graph.nodes,
        node({ op: 'If', outputs: ['branch'], attributes: { then_branch: graphAttribute(leaking) } }),
        node({ inputs: ['private'] }),
      ],
    })),
    'UNDEFINED_VALUE',
    '"private"',
  ],
])('the guard refuses %s', (_, model, code, message) => {
  expect(() => checkModel(model)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
});

test.each<[keyof ModelLimits, Partial<ModelLimits>]>([
  ['maxNodes', { maxNodes: 1 }],
  ['maxInitializerBytes', { maxInitializerBytes: 7 }],
  ['maxDepth', { maxDepth: 0 }],
  ['maxFileBytes', { maxFileBytes: 10 }],
])('the guard enforces %s', (_, limits) => {
  expect(() => readCheckedModel(writeModel(goodModel()), limits)).toThrow(
    expect.objectContaining({ code: 'TOO_LARGE' }),
  );
});

test('an allowed domain is accepted', () => {
  const model = { ...withNode({ domain: 'com.microsoft', op: 'FusedMatMul' }), opsets: { '': 21, 'com.microsoft': 1 } };
  expect(() => checkModel(model, { extraDomains: ['com.microsoft'] })).not.toThrow();
});
