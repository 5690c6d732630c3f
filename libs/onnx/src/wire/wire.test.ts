import { int64, scalar, tensor } from '@athanor/tensor';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { float, graphAttribute, int, ints, string, tensorAttribute } from '../attribute.js';
import { GraphBuilder } from '../build/graph-builder.js';
import { loop } from '../build/loop.js';
import { toModel } from '../build/to-model.js';
import type { Model, Node } from '../model.js';
import { readModel } from './decode.js';
import { writeModel } from './encode.js';
import { encodeWireModel, type WireModel } from './schema.js';

/** y = (x·w)^(2^K) elementwise, by K squarings in a Loop. */
function exampleModel(): Model {
  const g = new GraphBuilder('example');
  const x = g.input('x', { dtype: 'FP32', shape: ['batch', 2] });
  const rounds = g.input('rounds', { dtype: 'INT64', shape: [] });
  const w = g.initializer('w', tensor('FP32', [2], Float32Array.of(1, 2)));
  const { carried } = loop(g, { tripCount: rounds, carried: [g.op('Mul', [x, w])] }, (body, _, [value]) => ({
    carried: [body.op('Mul', [value, value])],
    scanned: [],
  }));
  g.output(carried[0]!, 'y');
  return toModel(g.graph());
}

test('a model is unchanged by writing and reading', () => {
  expect(readModel(writeModel(exampleModel()))).toEqual(exampleModel());
});

test('ONNX Runtime computes what was built, Loop included', async () => {
  const session = await ort.InferenceSession.create(writeModel(exampleModel()), { logSeverityLevel: 3 });
  const { y } = await session.run({
    x: new ort.Tensor('float32', Float32Array.of(1, 1, 2, 3), [2, 2]),
    rounds: new ort.Tensor('int64', BigInt64Array.of(2n), []),
  });
  expect(y!.data).toEqual(Float32Array.of(1, 16, 16, 1296));
});

test('the order in which sets were filled does not change the bytes', () => {
  const { graph, ...rest } = exampleModel();
  const node = (attributes: Node['attributes']): Node => ({ ...graph.nodes[0]!, attributes });
  const one = { a: int(1), b: float(0.5) };
  const initializers = [...graph.initializers];
  const forward = { ...rest, opsets: { '': 21, x: 1 }, graph: { ...graph, nodes: [node(one)] } };
  const backward = {
    ...rest,
    opsets: { x: 1, '': 21 },
    graph: { ...graph, nodes: [node({ b: one.b, a: one.a })], initializers: new Map(initializers.reverse()) },
  };
  expect(writeModel(backward)).toEqual(writeModel(forward));
});

test('every kind of attribute and dtype is kept', () => {
  const body = { name: 'body', inputs: [], outputs: [{ name: 'inner' }], initializers: new Map(), nodes: [] };
  const node: Node = {
    op: 'Anything',
    domain: 'example',
    name: 'n',
    inputs: ['', 'a'],
    outputs: ['b'],
    attributes: {
      body: graphAttribute(body),
      float: float(0.25),
      floats: { kind: 'floats', value: [1, -2] },
      int: int(-3),
      ints: ints([1, 9223372036854775807n]),
      string: string('ä'),
      strings: { kind: 'strings', value: ['', 'b'] },
      text: tensorAttribute(tensor('BYTES', [2], ['x', 'ü'])),
      big: tensorAttribute(int64([1], [-(2n ** 62n)])),
      half: tensorAttribute(tensor('FP16', [1], Uint16Array.of(0x3c00))),
      empty: tensorAttribute(tensor('FP32', [0], new Float32Array())),
    },
  };
  const model: Model = { ...exampleModel(), graph: { ...body, outputs: [], nodes: [node] } };
  expect(readModel(writeModel(model))).toEqual(model);
});

const wireModel = (initializer: Partial<WireModel['graph'] & object>['initializer'] = []): WireModel => ({
  irVersion: 10,
  opsetImport: [{ domain: 'ai.onnx', version: 21 }],
  graph: { node: [], name: 'g', initializer, input: [], output: [] },
});

test('values in typed fields are read like raw bytes', () => {
  const file = encodeWireModel(
    wireModel([
      { name: 'f', dims: [2], dataType: 1, floatData: [1, 2] },
      { name: 'i', dims: [1], dataType: 7, int64Data: [{ low: -1, high: -1, unsigned: false }] },
      { name: 'h', dims: [1], dataType: 10, int32Data: [0x3c00] },
      { name: 'd', dims: [], dataType: 11, doubleData: [0.5] },
    ]),
  );
  const { graph, opsets } = readModel(file);
  expect(opsets).toEqual({ '': 21 });
  expect(graph.initializers.get('f')).toEqual(tensor('FP32', [2], Float32Array.of(1, 2)));
  expect(graph.initializers.get('i')).toEqual(int64([1], [-1]));
  expect(graph.initializers.get('h')).toEqual(tensor('FP16', [1], Uint16Array.of(0x3c00)));
  expect(graph.initializers.get('d')).toEqual(scalar('FP64', 0.5));
});

test.each([
  ['bytes that are not protobuf', Uint8Array.of(255, 255, 255), 'MALFORMED'],
  ['a file without a graph', encodeWireModel({ irVersion: 10, opsetImport: [] }), 'MALFORMED'],
  [
    'external data',
    encodeWireModel(wireModel([{ name: 'w', dims: [1], dataType: 1, dataLocation: 1 }])),
    'EXTERNAL_DATA',
  ],
  [
    'an element type without storage',
    encodeWireModel(wireModel([{ name: 'w', dims: [1], dataType: 17 }])),
    'UNSUPPORTED_TYPE',
  ],
  [
    'data that does not fill its shape',
    encodeWireModel(wireModel([{ name: 'w', dims: [3], dataType: 1, rawData: new Uint8Array(8) }])),
    'MALFORMED',
  ],
  [
    'a negative size',
    encodeWireModel(wireModel([{ name: 'w', dims: [-1], dataType: 1, floatData: [1] }])),
    'MALFORMED',
  ],
])('reading refuses %s with a code', (_, bytes, code) => {
  expect(() => readModel(bytes)).toThrow(expect.objectContaining({ name: 'ModelError', code }));
});

test('a huge declared shape is refused before memory is allocated for it', () => {
  const bytes = encodeWireModel(wireModel([{ name: 'w', dims: [2 ** 30, 1024], dataType: 1 }]));
  expect(() => readModel(bytes)).toThrow('needs 1099511627776 elements, received 0');
});

test('bug: of two initializers, attributes or opsets of one name the guard checked only the last', () => {
  const wire = (graph: object, opsetImport = [{ domain: '', version: 21 }]) =>
    encodeWireModel({ irVersion: 10, opsetImport, graph } as unknown as WireModel);
  const tensorOf = (name: string) => ({ name, dataType: 1, dims: [], rawData: new Uint8Array(4) });
  const twins = {
    initializer: wire({ initializer: [tensorOf('w'), tensorOf('w')] }),
    attribute: wire({
      node: [
        { opType: 'Relu', input: ['x'], output: ['y'], attribute: [1, 2].map(i => ({ name: 'axis', type: 2, i })) },
      ],
    }),
    opset: wire({}, [
      { domain: '', version: 21 },
      { domain: 'ai.onnx', version: 20 },
    ]),
  };
  for (const bytes of Object.values(twins))
    expect(() => readModel(bytes)).toThrow(expect.objectContaining({ code: 'DUPLICATE_VALUE' }));
});
