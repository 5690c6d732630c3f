import { int64, tensor } from '@athanor/tensor';
import { expect, test } from 'vitest';
import type { Dim } from '../model.js';
import { GraphBuilder } from './graph-builder.js';
import { inlineGraph } from './inline.js';

const withInputs = (...shapes: Dim[][]) => {
  const g = new GraphBuilder('test');
  return { g, inputs: shapes.map((shape, index) => g.input(`x${index}`, { dtype: 'FP32', shape })) };
};

test('names come from stems and are never used twice, bodies included', () => {
  const { g, inputs } = withInputs([2]);
  const first = g.op('Relu', inputs);
  const body = g.body('body');
  expect([first.name, body.op('Relu', [first]).name]).toEqual(['relu_0', 'relu_1']);
  expect(() => g.input('x0', { dtype: 'FP32', shape: [] })).toThrow('"x0" is defined twice');
});

test('equal constants are shared and live in the outermost graph', () => {
  const g = new GraphBuilder('test');
  const body = g.body('body');
  expect(body.axes([1, 2])).toBe(g.axes([1, 2]));
  expect(body.axes([1, 2])).not.toBe(g.axes([2, 1]));
  expect(body.graph().initializers.size).toBe(0);
  expect(g.graph().initializers.size).toBe(2);
});

test('a value of a graph that does not enclose this one is refused', () => {
  const { g, inputs } = withInputs([2]);
  const inner = g.body('body').op('Relu', inputs);
  expect(() => g.op('Relu', [inner])).toThrow('Relu in graph "test" uses "relu_0"');
});

test.each<
  [string, Dim[][], (g: GraphBuilder, x: ReturnType<typeof withInputs>['inputs']) => { shape: readonly Dim[] }, Dim[]]
>([
  ['broadcasting keeps symbols', [['batch', 3], [3]], (g, x) => g.op('Add', x), ['batch', 3]],
  [
    'a known size overrides a symbol',
    [
      ['batch', 3],
      [4, 1],
    ],
    (g, x) => g.op('Add', x),
    [4, 3],
  ],
  ['two symbols leave the size unknown', [['a'], ['b']], (g, x) => g.op('Add', x), ['']],
  [
    'matrix product',
    [
      ['batch', 3],
      [3, 4],
    ],
    (g, x) => g.op('MatMul', x),
    ['batch', 4],
  ],
  ['matrix times vector', [[5, 2, 3], [3]], (g, x) => g.op('MatMul', x), [5, 2]],
  [
    'Reshape keeps the batch behind -1',
    [['batch', 2, 3]],
    (g, [x]) => g.op('Reshape', [x, g.axes([-1, 6])]),
    ['batch', 6],
  ],
  ['Reshape copies a size at 0', [['batch', 6]], (g, [x]) => g.op('Reshape', [x, g.axes([0, 2, 3])]), ['batch', 2, 3]],
  [
    'Reshape across the batch leaves it unknown',
    [['batch', 3]],
    (g, [x]) => g.op('Reshape', [x, g.axes([-1, 2])]),
    ['', 2],
  ],
  ['Flatten', [['batch', 2, 3]], (g, [x]) => g.op('Flatten', [x]), ['batch', 6]],
  [
    'Gemm with both transposed',
    [
      [3, 'batch'],
      [4, 3],
    ],
    (g, x) => g.op('Gemm', x, { attributes: { transA: true, transB: true } }),
    ['batch', 4],
  ],
  ['Transpose', [[2, 3, 4]], (g, [x]) => g.op('Transpose', [x], { attributes: { perm: [1, 2, 0] } }), [3, 4, 2]],
  ['Slice clamps and counts from the end', [[10]], (g, [x]) => g.op('Slice', [x, g.axes([-4]), g.axes([99])]), [4]],
  [
    'Gather puts the indices in place of the axis',
    [[5, 3]],
    (g, [x]) => g.op('Gather', [x, g.constant(int64([2, 2], [0, 1, 2, 3]))]),
    [2, 2, 3],
  ],
  [
    'a reduction drops its axes',
    [[2, 3, 4]],
    (g, [x]) => g.op('ReduceSum', [x, g.axes([0, -1])], { attributes: { keepdims: false } }),
    [3],
  ],
  ['Unsqueeze counts axes in the result', [[2, 3]], (g, [x]) => g.op('Unsqueeze', [x, g.axes([0, -1])]), [1, 2, 3, 1]],
])('types are inferred: %s', (_, shapes, build, expected) => {
  const { g, inputs } = withInputs(...shapes);
  expect(build(g, inputs).shape).toEqual(expected);
});

test('inconsistent operands are refused when the node is added', () => {
  const { g, inputs } = withInputs([2, 3], [2, 3]);
  expect(() => g.op('MatMul', inputs)).toThrow('MatMul of FP32 [2,3] and FP32 [2,3]');
  const double = g.constant(tensor('FP64', [3], new Float64Array(3)));
  expect(() => g.op('Add', [inputs[0], double])).toThrow('Add of FP32 [2,3] and FP64 [3]');
});

test('a finished graph can be inlined into another, with its weights bound to new values', () => {
  const { g, inputs } = withInputs(['batch', 2]);
  const w = g.initializer('w', tensor('FP32', [2], Float32Array.of(1, 2)));
  g.output(g.op('Mul', [inputs[0], w]), 'y');

  const outer = new GraphBuilder('outer');
  const x = outer.input('x', { dtype: 'FP32', shape: ['rows', 2] });
  const trained = outer.input('trained', { dtype: 'FP32', shape: [2] });
  const outputs = inlineGraph(
    outer,
    g.graph(),
    new Map([
      ['x0', x],
      ['w', trained],
    ]),
  );
  expect(outputs.get('y')).toMatchObject({ dtype: 'FP32', shape: ['rows', 2] });
  expect(outer.graph().initializers.size).toBe(0);
  expect(outer.nodes()[0]).toMatchObject({ op: 'Mul', inputs: ['x', 'trained'] });
  expect(() => inlineGraph(outer, g.graph(), new Map())).toThrow('"x0" is neither bound nor defined');
});
