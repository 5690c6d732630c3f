import { readdirSync, readFileSync } from 'node:fs';
import { int64, scalar, tensor } from '@athanor/tensor';
import { expect, test } from 'vitest';
import { graphAttribute, int, ints } from '../attribute.js';
import { GraphBuilder } from '../build/graph-builder.js';
import type { Attributes, Dim, Graph, ValueType } from '../model.js';
import { readModel } from '../wire/decode.js';
import { inferModelTypes, inferTypes } from './infer-types.js';

const exportsFolder = new URL('exports/', import.meta.url);
const files = readdirSync(exportsFolder).filter(file => file.endsWith('.onnx'));

test.each(files)('a model that PyTorch exported is typed completely: %s', file => {
  const model = readModel(readFileSync(new URL(file, exportsFolder)));
  const { values, untyped } = inferModelTypes(model);
  expect(untyped).toEqual([]);
  expect([...values].filter(([, { shape }]) => shape.includes(''))).toEqual([]);
  for (const { name, dtype, shape } of model.graph.outputs) expect(values.get(name)).toEqual({ dtype, shape });
});

test('there are exports of a network of each kind', () => {
  const kinds = ['attention', 'cnn', 'lstm', 'mlp'];
  expect(files).toEqual(kinds.flatMap(kind => [`${kind}-dynamo.onnx`, `${kind}-script.onnx`]));
});

const fp32 = (...shape: Dim[]): ValueType => ({ dtype: 'FP32', shape });

function body(
  g: GraphBuilder,
  inputs: readonly ValueType[],
  build: (b: GraphBuilder, x: ReturnType<GraphBuilder['input']>[]) => void,
): Graph {
  const inner = g.body(g.uniqueName('body'));
  build(
    inner,
    inputs.map((type, index) => inner.input(inner.uniqueName(`in${index}`), type)),
  );
  return inner.graph();
}

/** Types of a control flow node's outputs, whose types the builder is not told. */
function typesOf(
  g: GraphBuilder,
  op: string,
  inputs: Parameters<GraphBuilder['opaque']>[1],
  attributes: Attributes,
  count = 1,
) {
  const outputs = g.opaque(op, inputs, new Array(count).fill(fp32('wrong')), { attributes });
  const { values, untyped } = inferTypes(g.graph());
  expect(untyped).toEqual([]);
  return outputs.map(({ name }) => values.get(name));
}

test('branches of If agree on a type; a size that differs is unknown', () => {
  const g = new GraphBuilder('if');
  const condition = g.input('condition', { dtype: 'BOOL', shape: [] });
  const x = g.input('x', fp32('n', 3, 4));
  const branch = (axis: number) =>
    graphAttribute(
      body(g, [], b => {
        b.output(b.op('ReduceSum', [x, g.axes([axis])], { attributes: { keepdims: true } }));
      }),
    );
  const attributes = { then_branch: branch(1), else_branch: branch(2) };
  expect(typesOf(g, 'If', [condition], attributes)).toEqual([fp32('n', '', '')]);
});

test('a size that a Loop changes is unknown, also for what is computed from it; others are kept', () => {
  const g = new GraphBuilder('loop');
  const n = g.input('n', { dtype: 'INT64', shape: [] });
  const x = g.input('x', fp32(1, 'k'));
  const step = body(
    g,
    [{ dtype: 'INT64', shape: [] }, { dtype: 'BOOL', shape: [] }, fp32(1, 'k')],
    (b, [, go, state]) => {
      const grown = b.op('Concat', [state, x], { attributes: { axis: 0 } });
      b.output(b.op('Identity', [go]));
      b.output(grown);
      b.output(b.op('ReduceSum', [grown, g.axes([0])], { attributes: { keepdims: false } }));
      b.output(b.op('Shape', [grown]));
    },
  );
  expect(typesOf(g, 'Loop', [n, undefined, x], { body: graphAttribute(step) }, 3)).toEqual([
    fp32('', 'k'),
    fp32('', 'k'),
    { dtype: 'INT64', shape: ['', 2] },
  ]);
});

test('Scan takes an axis from its sequences and adds it to its results', () => {
  const g = new GraphBuilder('scan');
  const state = g.input('state', fp32(3));
  const sequence = g.input('sequence', fp32(3, 'time'));
  const step = body(g, [fp32(3), fp32(3)], (b, [s, x]) => {
    b.output(b.op('Add', [s, x]));
    b.output(b.op('Unsqueeze', [x, g.axes([0])]));
  });
  const attributes = {
    body: graphAttribute(step),
    num_scan_inputs: int(1),
    scan_input_axes: ints([1]),
    scan_output_axes: ints([-1]),
  };
  expect(typesOf(g, 'Scan', [state, sequence], attributes, 2)).toEqual([fp32(3), fp32(1, 3, 'time')]);
});

test('integer contents are followed through shapes with symbolic sizes', () => {
  const g = new GraphBuilder('contents');
  const x = g.input('x', fp32('batch', 'time', 8));
  const sizes = g.op('Shape', [x]);
  const length = g.op('Gather', [sizes, g.constant(scalar('INT32', 1))]);
  const parts = [g.op('Gather', [sizes, g.axes([0])]), g.op('Unsqueeze', [length, g.axes([0])]), g.axes([2, -1])];
  const y = g.op('Reshape', [x, g.op('Concat', parts, { attributes: { axis: 0 } })]);
  const { values, contents } = inferTypes(g.graph());
  expect(values.get(y.name)).toEqual(fp32('batch', 'time', 2, 4));
  expect(contents.get(length.name)).toEqual(['time']);
});

test('what cannot be typed is listed with its reason, and a declared output keeps its type', () => {
  const g = new GraphBuilder('unknown');
  const x = g.input('x', fp32(2));
  const [y] = g.opaque('Mystery', [x], [fp32(5)], { domain: 'com.example' });
  const [z] = g.opaque('Abs', [y], [fp32(5)]);
  g.output(g.op('Add', [z, z]));
  const graph = g.graph();
  const { values, untyped } = inferTypes(graph);
  expect(untyped.map(({ op, reason }) => `${op}: ${reason}`)).toEqual([
    'Mystery: com.example Mystery is not in the table of operators',
    'Abs: its input "mystery_0" has no type',
    'Add: its input "abs_0" has no type',
  ]);
  expect(values.get(graph.outputs[0]!.name)).toEqual(fp32(5));
});

test('an initializer that is an input may be fed, so its contents are not known', () => {
  const graph: Graph = {
    name: 'g',
    inputs: [
      { name: 'x', dtype: 'FP32', shape: [6] },
      { name: 'shape', dtype: 'INT64', shape: [2] },
    ],
    outputs: [],
    initializers: new Map([['shape', int64([2], [2, 3])]]),
    nodes: [{ op: 'Reshape', domain: '', name: '', inputs: ['x', 'shape'], outputs: ['y'], attributes: {} }],
  };
  expect(inferTypes(graph).values.get('y')).toEqual(fp32('', ''));
  expect(inferTypes({ ...graph, inputs: graph.inputs.slice(0, 1) }).values.get('y')).toEqual(fp32(2, 3));
});

const EMPTY: Graph = { name: '', inputs: [], outputs: [], initializers: new Map(), nodes: [] };

test('nested loops whose types do not settle end with an error', () => {
  const grow = (depth: number): Graph => {
    const inner = graphAttribute(depth === 0 ? EMPTY : grow(depth - 1));
    return {
      name: `g${depth}`,
      inputs: [{ name: `i${depth}` }, { name: `c${depth}` }, { name: `s${depth}` }],
      outputs: [{ name: `c${depth}` }, { name: `r${depth}` }],
      initializers: new Map(),
      nodes: [
        ...Array.from({ length: depth === 0 ? 0 : 3 }, (_, copy) => ({
          op: 'Loop',
          domain: '',
          name: '',
          inputs: ['', '', `s${depth}`],
          outputs: [copy === 0 ? `l${depth}` : `l${depth}_${copy}`],
          attributes: { body: inner },
        })),
        { op: 'Transpose', domain: '', name: '', inputs: [`s${depth}`], outputs: [`r${depth}`], attributes: {} },
      ],
    };
  };
  const graph: Graph = {
    name: 'main',
    inputs: [{ name: 'x', dtype: 'FP32', shape: [1, 2, 3, 4, 5] }],
    outputs: [],
    initializers: new Map([['t', tensor('FP32', [0], new Float32Array())]]),
    nodes: [
      {
        op: 'Loop',
        domain: '',
        name: '',
        inputs: ['', '', 'x'],
        outputs: ['y'],
        attributes: { body: graphAttribute(grow(12)) },
      },
    ],
  };
  expect(() => inferTypes(graph)).toThrow('take too long to infer');
});
