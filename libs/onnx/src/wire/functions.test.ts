import { tensor } from '@athanor/tensor';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { checkModel } from '../check/check-model.js';
import { readModel } from './decode.js';
import { writeModel } from './encode.js';
import { encodeWireModel, type WireAttribute, type WireFunction, type WireModel, type WireNode } from './schema.js';

const node = (opType: string, input: string[], output: string[], rest: Partial<WireNode> = {}): WireNode => ({
  opType,
  input,
  output,
  attribute: [],
  ...rest,
});
const float = (name: string, f: number): WireAttribute => ({ name, type: 1, f });
const reference = (name: string, refAttrName: string): WireAttribute => ({ name, refAttrName, type: 1 });
const local = (name: string, rest: Partial<WireFunction>): WireFunction => ({
  name,
  domain: 'local',
  input: ['x'],
  output: ['y'],
  node: [],
  opsetImport: [{ domain: '', version: 17 }],
  ...rest,
});
const call = (name: string, input: string[], output: string[], attribute: WireAttribute[] = []) =>
  node(name, input, output, { domain: 'local', attribute });

const fp32 = (name: string) => ({ name, type: { tensorType: { elemType: 1, shape: { dim: [{ dimValue: 2 }] } } } });

function file(nodes: WireNode[], functions: WireFunction[], version = 17): Uint8Array {
  const model: WireModel = {
    irVersion: 8,
    opsetImport: [
      { domain: '', version },
      { domain: 'local', version: 1 },
    ],
    graph: { node: nodes, name: 'g', initializer: [], input: [fp32('x')], output: [fp32('y')] },
    functions,
  };
  return encodeWireModel(model);
}

const leaky = local('leaky', {
  attribute: ['slope'],
  attributeProto: [float('gain', 2)],
  node: [
    node('LeakyRelu', ['x'], ['t'], { attribute: [reference('alpha', 'slope')] }),
    node('Constant', [], ['gain'], { attribute: [reference('value_float', 'gain')] }),
    node('Mul', ['t', 'gain'], ['y']),
  ],
});
const twice = local('twice', {
  node: [
    call('leaky', ['x'], ['t'], [float('slope', 0.5)]),
    call('leaky', ['t'], ['y'], [float('slope', 0.25), float('gain', 1)]),
  ],
  opsetImport: [
    { domain: '', version: 17 },
    { domain: 'local', version: 1 },
  ],
});

test('calls of functions are inlined, with attributes, defaults and nested calls, and compute what the file computes', async () => {
  // The caller's own value `t` is not the function's.
  const bytes = file([node('Neg', ['x'], ['t']), call('twice', ['t'], ['y'])], [leaky, twice]);
  const model = readModel(bytes);
  expect(model.graph.nodes.map(({ op }) => op)).toEqual([
    'Neg',
    ...['LeakyRelu', 'Constant', 'Mul'],
    ...['LeakyRelu', 'Constant', 'Mul'],
  ]);
  expect(model.opsets).toEqual({ '': 17 });
  checkModel(model);
  const run = async (each: Uint8Array) => {
    const session = await ort.InferenceSession.create(each, { logSeverityLevel: 3 });
    return (await session.run({ x: new ort.Tensor('float32', Float32Array.of(4, -4), [2]) })).y!.data;
  };
  expect(await run(writeModel(model))).toEqual(await run(bytes));
  expect(await run(bytes)).toEqual(Float32Array.of(-1, 8));
});

test('a body in a function reads the call’s values', () => {
  const body = (name: string, op: string) => ({
    name,
    type: 5,
    g: { node: [node(op, ['t'], ['r'])], name, initializer: [], input: [], output: [{ name: 'r' }] },
  });
  const branch = local('branch', {
    node: [
      node('Abs', ['x'], ['t']),
      node('Constant', [], ['c'], {
        attribute: [{ name: 'value', type: 4, t: { dims: [], dataType: 9, int32Data: [1] } }],
      }),
      node('If', ['c'], ['y'], { attribute: [body('then_branch', 'Exp'), body('else_branch', 'Neg')] }),
    ],
  });
  const model = readModel(file([call('branch', ['x'], ['t']), call('branch', ['t'], ['y'])], [branch]));
  checkModel(model);
  expect(model.graph.nodes.map(({ outputs }) => outputs[0])).toEqual(['t_1', 'c', 't', 't_2', 'c_1', 'y']);
});

test('an output that is an input is passed through Identity', () => {
  const same = local('same', {});
  const passing = { ...same, output: ['x'] };
  expect(readModel(file([call('same', ['x'], ['y'])], [passing])).graph.nodes).toMatchObject([
    { op: 'Identity', inputs: ['x'], outputs: ['y'] },
  ]);
});

const doubling = (levels: number) =>
  Array.from({ length: levels }, (_, level) =>
    local(`f${level}`, {
      node: level === 0 ? [] : [call(`f${level - 1}`, ['x'], ['t']), call(`f${level - 1}`, ['t'], ['y'])],
      output: level === 0 ? ['x'] : ['y'],
    }),
  );

test.each<[string, WireFunction[], WireNode, string]>([
  ['recursion', [local('f', { node: [call('f', ['x'], ['y'])] })], call('f', ['x'], ['y']), 'RECURSION'],
  ['exponential calls', doubling(40), call('f39', ['x'], ['y']), 'TOO_LARGE'],
  ['two functions of one name', [leaky, leaky], call('leaky', ['x'], ['y']), 'DUPLICATE_VALUE'],
  ['an unknown attribute', [leaky], call('leaky', ['x'], ['y'], [float('rate', 1)]), 'MALFORMED'],
  ['too many inputs', [leaky], call('leaky', ['x', 'x'], ['y']), 'MALFORMED'],
  [
    'operators that mean something else at the model’s version',
    [local('f', { node: [node('Softmax', ['x'], ['y'])], opsetImport: [{ domain: '', version: 12 }] })],
    call('f', ['x'], ['y']),
    'UNSUPPORTED_FEATURE',
  ],
])('%s is refused', (_, functions, main, code) => {
  expect(() => readModel(file([main], functions))).toThrow(expect.objectContaining({ name: 'ModelError', code }));
});

const sparse = (indices: { dims: number[]; values: number[] }, dims = [2, 3]) => {
  const model: WireModel = {
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      node: [],
      name: 'g',
      initializer: [],
      input: [],
      output: [],
      sparseInitializer: [
        {
          values: { name: 'w', dims: [2], dataType: 1, floatData: [1, 2] },
          indices: { dims: indices.dims, dataType: 7, int64Data: indices.values },
          dims,
        },
      ],
    },
  };
  return encodeWireModel(model);
};

test('sparse initializers become dense, from linear indices or rows of them', () => {
  const dense = tensor('FP32', [2, 3], Float32Array.of(0, 1, 0, 0, 0, 2));
  expect(readModel(sparse({ dims: [2], values: [1, 5] })).graph.initializers.get('w')).toEqual(dense);
  expect(readModel(sparse({ dims: [2, 2], values: [0, 1, 1, 2] })).graph.initializers.get('w')).toEqual(dense);
});

test.each<[string, Uint8Array, string]>([
  ['an index outside of the tensor', sparse({ dims: [2], values: [1, 6] }), 'MALFORMED'],
  ['a row outside of the tensor', sparse({ dims: [2, 2], values: [0, 1, 1, 3] }), 'MALFORMED'],
  ['an index twice', sparse({ dims: [2], values: [1, 1] }), 'MALFORMED'],
  ['a dense tensor of 16 TiB', sparse({ dims: [2], values: [1, 5] }, [2 ** 20, 2 ** 22]), 'TOO_LARGE'],
])('of a sparse initializer, %s is refused', (_, bytes, code) => {
  expect(() => readModel(bytes)).toThrow(expect.objectContaining({ name: 'ModelError', code }));
});
