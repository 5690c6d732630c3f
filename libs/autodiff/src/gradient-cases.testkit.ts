// Test cases of the gradient table: for every operator the shapes, attributes and broadcasts that take a different path
// through its rule.

import { float, type GraphBuilder, int, ints, type KnownOp, type Value } from '@athanor/onnx';
import { int64, scalar as scalarTensor, tensor } from '@athanor/tensor';
import type { GradientCase } from './finite-differences.testkit.js';

export type Named = readonly [op: KnownOp, title: string, gradientCase: GradientCase];

const simple = (op: KnownOp, shapes: GradientCase['shapes'], range?: GradientCase['range']): Named => [
  op,
  shapes.map(shape => `[${shape.join(',')}]`).join(' '),
  { shapes, build: (g, inputs) => g.op(op, inputs), ...(range ? { range } : {}) },
];

const withAttributes = (
  op: KnownOp,
  title: string,
  shapes: GradientCase['shapes'],
  attributes: Parameters<GraphBuilder['op']>[2] & {},
): Named => [op, title, { shapes, build: (g, inputs) => g.op(op, inputs, attributes) }];

const gemm = (title: string, shapes: GradientCase['shapes'], transA: number, transB: number): Named =>
  withAttributes('Gemm', title, shapes, {
    attributes: { transA: int(transA), transB: int(transB), alpha: float(0.5), beta: float(2) },
  });

const reduce = (op: 'ReduceSum' | 'ReduceMean', axes: number[] | undefined, keepdims: number): Named => [
  op,
  `axes ${axes ?? 'all'} keepdims ${keepdims}`,
  {
    shapes: [[2, 3, 4]],
    build: (g, [x]) => g.op(op, axes ? [x, g.axes(axes)] : [x], { attributes: { keepdims: int(keepdims) } }),
  },
];

const indices = (g: GraphBuilder, shape: number[], values: number[]): Value => g.constant(int64(shape, values));

const gather = (axis: number, shape: number[], values: number[]): Named => [
  'Gather',
  `axis ${axis} indices [${shape.join(',')}]`,
  {
    shapes: [[3, 4, 2]],
    build: (g, [x]) => g.op('Gather', [x, indices(g, shape, values)], { attributes: { axis: int(axis) } }),
  },
];

export const gradientCases: readonly Named[] = [
  simple('Add', [
    [2, 3],
    [2, 3],
  ]),
  simple('Add', [[2, 3], [3]]),
  simple('Add', [
    [2, 1, 3],
    [4, 1],
  ]),
  simple('Add', [[], [2, 2]]),
  simple('Sub', [
    [2, 3],
    [2, 1],
  ]),
  simple('Sub', [[3], [2, 3]]),
  simple('Mul', [
    [2, 3],
    [2, 3],
  ]),
  simple('Mul', [
    [2, 1, 3],
    [4, 1],
  ]),
  simple(
    'Div',
    [
      [2, 3],
      [2, 3],
    ],
    [0.5, 2],
  ),
  simple('Div', [[3], [2, 1]], [0.5, 2]),
  simple('Neg', [[2, 3]]),
  simple('Exp', [[2, 3]]),
  simple('Log', [[2, 3]], [0.5, 3]),
  simple('Sqrt', [[2, 3]], [0.5, 3]),
  simple('Relu', [[3, 4]]),
  simple('Sigmoid', [[2, 3]]),
  simple('Tanh', [[2, 3]]),
  simple('Identity', [[2, 3]]),
  simple('Softmax', [[2, 5]]),
  simple('LogSoftmax', [[2, 5]]),
  withAttributes('Softmax', 'along the first axis', [[3, 2]], { attributes: { axis: int(0) } }),
  withAttributes('LogSoftmax', 'along the middle axis', [[2, 3, 2]], { attributes: { axis: int(1) } }),
  simple('MatMul', [
    [2, 3],
    [3, 4],
  ]),
  simple('MatMul', [
    [5, 2, 3],
    [5, 3, 4],
  ]),
  simple('MatMul', [
    [5, 2, 3],
    [3, 4],
  ]),
  simple('MatMul', [
    [2, 1, 2, 3],
    [4, 3, 2],
  ]),
  simple('MatMul', [[3], [3, 4]]),
  simple('MatMul', [[2, 3], [3]]),
  simple('MatMul', [[3], [3]]),
  simple('MatMul', [[3], [2, 3, 4]]),
  gemm('A·B + C row', [[2, 3], [3, 4], [4]], 0, 0),
  gemm(
    'Aᵀ·B + C matrix',
    [
      [3, 2],
      [3, 4],
      [2, 4],
    ],
    1,
    0,
  ),
  gemm(
    'A·Bᵀ + C column',
    [
      [2, 3],
      [4, 3],
      [2, 1],
    ],
    0,
    1,
  ),
  gemm(
    'Aᵀ·Bᵀ without C',
    [
      [3, 2],
      [4, 3],
    ],
    1,
    1,
  ),
  reduce('ReduceSum', [1], 0),
  reduce('ReduceSum', [-1, 0], 1),
  reduce('ReduceSum', undefined, 0),
  reduce('ReduceMean', [1], 0),
  reduce('ReduceMean', [0, 2], 1),
  reduce('ReduceMean', undefined, 1),
  ['Reshape', 'with -1', { shapes: [[2, 6]], build: (g, [x]) => g.op('Reshape', [x, g.axes([3, -1])]) }],
  withAttributes('Flatten', 'from axis 2', [[2, 3, 4]], { attributes: { axis: int(2) } }),
  withAttributes('Transpose', 'by a permutation', [[2, 3, 4]], { attributes: { perm: ints([2, 0, 1]) } }),
  simple('Transpose', [[2, 3, 4]]),
  ['Squeeze', 'given axes', { shapes: [[2, 1, 3, 1]], build: (g, [x]) => g.op('Squeeze', [x, g.axes([1, -1])]) }],
  ['Unsqueeze', 'given axes', { shapes: [[2, 3]], build: (g, [x]) => g.op('Unsqueeze', [x, g.axes([0, -1])]) }],
  ['Expand', 'to a larger shape', { shapes: [[3, 1]], build: (g, [x]) => g.op('Expand', [x, g.axes([2, 3, 4])]) }],
  withAttributes(
    'Concat',
    'three along axis 1',
    [
      [2, 1],
      [2, 3],
      [2, 2],
    ],
    { attributes: { axis: int(1) } },
  ),
  [
    'Split',
    'with an unused part',
    {
      shapes: [[2, 6]],
      build(g, [x]) {
        const parts = g.ops('Split', [x, g.axes([1, 2, 3])], { attributes: { axis: int(1) }, outputs: 3 });
        return g.op('Concat', [parts[2]!, parts[0]!], { attributes: { axis: int(1) } });
      },
    },
  ],
  gather(0, [4], [2, 0, 2, -1]),
  gather(1, [2, 2], [0, 3, 3, 1]),
  gather(2, [], [1]),
  [
    'Clip',
    'on both sides',
    {
      shapes: [[4, 4]],
      build: (g, [x]) =>
        g.op('Clip', [x, g.constant(scalarTensor('FP64', -0.7)), g.constant(scalarTensor('FP64', 0.9))]),
    },
  ],
  [
    'Clip',
    'above only',
    { shapes: [[4, 4]], build: (g, [x]) => g.op('Clip', [x, undefined, g.constant(scalarTensor('FP64', 0.5))]) },
  ],
  [
    'Pow',
    'to the third',
    { shapes: [[2, 3]], build: (g, [x]) => g.op('Pow', [x, g.constant(scalarTensor('FP64', 3))]) },
  ],
  [
    'Pow',
    'by exponents per column',
    {
      shapes: [[2, 2]],
      range: [0.5, 2],
      build: (g, [x]) => g.op('Pow', [x, g.constant(tensor('FP64', [2], Float64Array.of(1.5, -2)))]),
    },
  ],
];
