import { int64, tensor } from '@athanor/tensor';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { float, int, ints, string } from '../attribute.js';
import { checkModel } from '../check/check-model.js';
import type { Attributes, Model, Node } from '../model.js';
import { writeModel } from '../wire/encode.js';
import { convertOpset } from './convert-opset.js';
import { STEPS } from './steps.js';

interface Case {
  readonly op: string;
  readonly opset: number;
  /** Of the first input, in FP32. */
  readonly shape: readonly number[];
  readonly attributes?: Attributes;
  /** Further inputs, as initializers. */
  readonly constants?: Model['graph']['initializers'];
  readonly outputs?: number;
}

const fp32 = (shape: readonly number[], ...values: number[]) => tensor('FP32', shape, Float32Array.from(values));
const floats = (...value: number[]) => ({ kind: 'floats', value }) as const;

function modelOf({ op, opset, shape, attributes = {}, constants = new Map(), outputs = 1 }: Case): Model {
  const names = Array.from({ length: outputs }, (_, index) => `y${index}`);
  const node: Node = { op, domain: '', name: '', inputs: ['x', ...constants.keys()], outputs: names, attributes };
  const graph = {
    name: 'g',
    inputs: [{ name: 'x', dtype: 'FP32', shape } as const],
    outputs: names.map(name => ({ name })),
    initializers: constants,
    nodes: [node],
  };
  return { irVersion: 4, opsets: { '': opset }, producer: '', graph };
}

async function run(model: Model, shape: readonly number[]) {
  // ONNX Runtime infers the types of outputs that the graph does not declare.
  const session = await ort.InferenceSession.create(writeModel(model), { logSeverityLevel: 4 });
  const count = shape.reduce((product, dim) => product * dim, 1);
  const data = Float32Array.from({ length: count }, (_, index) => Math.fround(Math.sin(1 + index) * 2));
  const results = await session.run({ x: new ort.Tensor('float32', data, shape) });
  return Object.fromEntries(Object.entries(results).map(([name, { dims, data: values }]) => [name, { dims, values }]));
}

const scale = new Map([
  ['scale', fp32([2], 1, 2)],
  ['bias', fp32([2], 0.5, -0.5)],
]);
const statistics = new Map([...scale, ['mean', fp32([2], 0, 1)], ['var', fp32([2], 1, 2)]]);
const reductions = ['L1', 'L2', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'Sum', 'SumSquare'];

const CASES: readonly Case[] = [
  { op: 'BatchNormalization', opset: 7, shape: [2, 2, 3], attributes: { spatial: int(1) }, constants: statistics },
  { op: 'Upsample', opset: 7, shape: [1, 1, 2, 2], attributes: { scales: floats(1, 1, 2, 2), mode: string('linear') } },
  { op: 'Upsample', opset: 7, shape: [1, 1, 2, 2], attributes: { scales: floats(1, 1, 2, 3) } },
  { op: 'Upsample', opset: 9, shape: [1, 1, 2, 2], constants: new Map([['s', fp32([4], 1, 1, 2, 2)]]) },
  { op: 'Resize', opset: 10, shape: [1, 1, 4, 5], constants: new Map([['s', fp32([4], 1, 1, 0.5, 0.6)]]) },
  {
    op: 'Resize',
    opset: 10,
    shape: [1, 1, 4, 4],
    attributes: { mode: string('linear') },
    constants: new Map([['s', fp32([4], 1, 1, 1.5, 2)]]),
  },
  { op: 'Slice', opset: 7, shape: [3, 4], attributes: { starts: ints([1, -2]), ends: ints([9, -1]) } },
  { op: 'Slice', opset: 9, shape: [3, 4], attributes: { starts: ints([1]), ends: ints([3]), axes: ints([1]) } },
  { op: 'TopK', opset: 9, shape: [2, 5], attributes: { k: int(2), axis: int(1) }, outputs: 2 },
  { op: 'Clip', opset: 7, shape: [2, 3], attributes: { min: float(-0.5), max: float(1) } },
  { op: 'Clip', opset: 7, shape: [2, 3], attributes: { max: float(1) } },
  { op: 'Pad', opset: 7, shape: [2, 2], attributes: { pads: ints([0, 1, 1, 0]), value: float(3) } },
  { op: 'Pad', opset: 10, shape: [3, 3], attributes: { pads: ints([0, 1, 1, 0]), mode: string('reflect') } },
  { op: 'Dropout', opset: 7, shape: [2, 3], attributes: { ratio: float(0.9) } },
  {
    op: 'Scatter',
    opset: 9,
    shape: [2, 3],
    constants: new Map([
      ['i', int64([1, 2], [1, 0])],
      ['u', fp32([1, 2], 7, 8)],
    ] as never),
    attributes: { axis: int(1) },
  },
  ...['Softmax', 'LogSoftmax', 'Hardmax'].flatMap(op => [
    { op, opset: 12, shape: [2, 3, 2] },
    { op, opset: 11, shape: [2, 3, 2], attributes: { axis: int(2) } },
    { op, opset: 7, shape: [2, 3], attributes: { axis: int(0) } },
    { op, opset: 12, shape: [2, 3, 2], attributes: { axis: int(-1) } },
  ]),
  { op: 'Squeeze', opset: 11, shape: [1, 2, 1], attributes: { axes: ints([0]) } },
  { op: 'Squeeze', opset: 12, shape: [1, 2, 1] },
  { op: 'Unsqueeze', opset: 12, shape: [2, 2], attributes: { axes: ints([0, 3]) } },
  { op: 'Split', opset: 12, shape: [2, 5], attributes: { axis: int(1), split: ints([2, 3]) }, outputs: 2 },
  { op: 'Split', opset: 12, shape: [4, 5], outputs: 2 },
  { op: 'Split', opset: 13, shape: [2, 5], attributes: { axis: int(1) }, outputs: 5 },
  ...reductions.flatMap(name => [
    { op: `Reduce${name}`, opset: 11, shape: [2, 3, 2], attributes: { axes: ints([1]), keepdims: int(0) } },
    { op: `Reduce${name}`, opset: name === 'Sum' ? 12 : 17, shape: [2, 3, 2] },
  ]),
  {
    op: 'RoiAlign',
    opset: 10,
    shape: [1, 1, 6, 6],
    attributes: { output_height: int(2), output_width: int(2) },
    constants: new Map([
      ['rois', fp32([1, 4], 0.5, 1, 4, 5)],
      ['batch', int64([1], [0])],
    ] as never),
  },
  {
    op: 'GridSample',
    opset: 16,
    shape: [1, 1, 3, 3],
    attributes: { mode: string('bicubic') },
    constants: new Map([['grid', fp32([1, 1, 2, 2], -0.3, 0.2, 0.7, 0.9)]]),
  },
  { op: 'GridSample', opset: 16, shape: [1, 1, 3, 3], constants: new Map([['grid', fp32([1, 1, 1, 2], -0.3, 0.2)]]) },
  { op: 'DFT', opset: 17, shape: [1, 4, 3, 1] },
  { op: 'DFT', opset: 19, shape: [1, 4, 3, 1], attributes: { axis: int(2) } },
  { op: 'GroupNormalization', opset: 18, shape: [2, 6, 3], attributes: { num_groups: int(2) }, constants: scale },
  { op: 'LeakyRelu', opset: 7, shape: [2, 3] },
];

test.each(
  CASES.map(each => [`${each.op} of opset ${each.opset}, ${JSON.stringify(each.attributes ?? {})}`, each] as const),
)('%s gives the same in opset 21', async (_, each) => {
  const model = modelOf(each);
  const converted = convertOpset(model, 21);
  checkModel({ ...converted, graph: { ...converted.graph, outputs: [] } });
  expect(await run(converted, each.shape)).toEqual(await run(model, each.shape));
});

test('a second output that nothing reads does not stop a conversion', () => {
  const { graph, ...rest } = modelOf({ op: 'Dropout', opset: 9, shape: [1], outputs: 2 });
  const unread = { ...rest, graph: { ...graph, outputs: graph.outputs.slice(0, 1) } };
  expect(convertOpset(unread, 21).graph.nodes.at(-1)).toMatchObject({ op: 'Dropout', outputs: ['y0'] });
});

test('constants that had to be inputs before IR 4 are no longer inputs', () => {
  const constants = new Map([['s', fp32([4], 1, 1, 2, 2)]]);
  const model = modelOf({ op: 'Upsample', opset: 9, shape: [1, 1, 2, 2], constants });
  const inputs = [...model.graph.inputs, { name: 's', dtype: 'FP32', shape: [4] } as const];
  const old = { ...model, irVersion: 3, graph: { ...model.graph, inputs } };
  expect(convertOpset(old, 21).graph.inputs.map(({ name }) => name)).toEqual(['x']);
  expect(convertOpset({ ...old, irVersion: 4 }, 21).graph.inputs.map(({ name }) => name)).toEqual(['x', 's']);
});

test('nodes of bodies are converted', () => {
  const inner = modelOf({ op: 'Squeeze', opset: 11, shape: [1, 2], attributes: { axes: ints([0]) } }).graph;
  const outer = modelOf({ op: 'If', opset: 11, shape: [] });
  const node = { ...outer.graph.nodes[0]!, attributes: { then_branch: { kind: 'graph', value: inner } as const } };
  const { nodes } = convertOpset({ ...outer, graph: { ...outer.graph, nodes: [node] } }, 21).graph;
  const body = nodes[0]!.attributes.then_branch;
  expect(body?.kind === 'graph' && body.value.nodes.map(({ op }) => op)).toEqual(['Constant', 'Squeeze']);
});

test.each<[string, Case, number, RegExp]>([
  [
    'an operator that changed without a step',
    { op: 'Scan', opset: 8, shape: [1] },
    21,
    /Scan changed in opset 9, and no step/,
  ],
  ['an unknown operator', { op: 'Magic', opset: 8, shape: [1] }, 21, /no operator Magic/],
  ['an operator set before 7', { op: 'Relu', opset: 6, shape: [1] }, 21, /from 7 .*received 6/],
  ['an older target', { op: 'Relu', opset: 21, shape: [1] }, 20, /received 21/],
  ['a target after 23', { op: 'Relu', opset: 21, shape: [1] }, 24, /at most 23/],
  ['a mask of Dropout', { op: 'Dropout', opset: 9, shape: [1], outputs: 2 }, 21, /its mask was a number/],
  ['training outputs', { op: 'BatchNormalization', opset: 9, shape: [1], outputs: 5 }, 21, /outputs of training/],
  [
    'statistics per element',
    { op: 'BatchNormalization', opset: 7, shape: [1], attributes: { spatial: int(0) } },
    21,
    /spatial is 0/,
  ],
])('%s is refused', (_, each, target, message) => {
  expect(() => convertOpset(modelOf(each), target)).toThrow(message);
});

test('each step leads to the next operator set', () => {
  expect(STEPS.filter(({ from, to }) => to !== from + 1)).toEqual([]);
});
