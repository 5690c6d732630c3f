import { int64, type Tensor, tensor } from '@athanor/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { float, graphAttribute, int, ints, string, tensorAttribute } from '../attribute.js';
import { GraphBuilder } from '../build/graph-builder.js';
import { loop } from '../build/loop.js';
import { toModel } from '../build/to-model.js';
import { ModelError } from '../errors.js';
import type { Model, Node } from '../model.js';
import { parseModelText } from './parse-model.js';
import { printModel } from './print-model.js';

test('a model is printed with a line for each constant and node', () => {
  const g = new GraphBuilder('example');
  const x = g.input('x', { dtype: 'FP32', shape: ['batch', 2] });
  const w = g.initializer('w', tensor('FP32', [2], Float32Array.of(1, 0.1)));
  g.output(g.op('Softmax', [g.op('Mul', [x, w])], { attributes: { axis: -1 } }), 'y');
  expect(printModel(toModel(g.graph()))).toBe(`<
  ir_version: 10,
  opset_import: ["" : 21],
  producer_name: "athanor"
>
example (float[batch, 2] x) => (float[batch, 2] y)
<
  float[2] w = {1.0, 0.1}
>
{
  mul_0 = Mul (x, w)
  softmax_0 = Softmax <axis = -1> (mul_0)
  y = Identity (softmax_0)
}
`);
});

test('bodies are printed inside of their nodes', () => {
  const g = new GraphBuilder('outer');
  const n = g.input('n', { dtype: 'INT64', shape: [] });
  const { carried } = loop(g, { tripCount: n, carried: [n] }, (body, _, [value]) => ({
    carried: [body.op('Add', [value, value])],
    scanned: [],
  }));
  g.output(carried[0]!, 'y');
  const model = toModel(g.graph());
  const text = printModel(model);
  expect(text).toContain('loop_0 = Loop <body = loop_body (\n');
  expect(parseModelText(text)).toEqual(model);
});

const inner = { name: 'in ner', inputs: [], outputs: [{ name: 'float' }], initializers: new Map(), nodes: [] };

const everything: Node = {
  op: 'Any thing',
  domain: 'an "odd" domain',
  name: 'n',
  inputs: ['', 'a.b/c', 'nan'],
  outputs: ['b'],
  attributes: {
    body: graphAttribute(inner),
    big: tensorAttribute(int64([1], [-(2n ** 62n)])),
    empty: tensorAttribute(tensor('FP32', [0], new Float32Array())),
    float: float(0.25),
    floats: { kind: 'floats', value: [1, -0, Number.NaN, Number.NEGATIVE_INFINITY, 2 ** -149, 3.4028234663852886e38] },
    half: tensorAttribute(tensor('FP16', [1], Uint16Array.of(0x3c00))),
    int: int(-3),
    ints: ints([1, 9223372036854775807n]),
    no_floats: { kind: 'floats', value: [] },
    no_ints: ints([]),
    no_strings: { kind: 'strings', value: [] },
    odd: tensorAttribute(tensor('FP32', [2], new Float32Array(Uint32Array.of(0x7fc00001, 0xffc00000).buffer))),
    string: string('ä"\n\\'),
    strings: { kind: 'strings', value: ['', 'b'] },
    text: tensorAttribute(tensor('BYTES', [2], ['x', 'ü\u2028'])),
    wide: tensorAttribute(tensor('FP64', [], Float64Array.of(0.1 + 0.2))),
  },
};

const full: Model = {
  irVersion: 9,
  opsets: { '': 20, x: 1 },
  producer: 'a "producer"',
  graph: {
    name: '',
    inputs: [
      { name: 'a', dtype: 'FP32' },
      { name: 'b b', dtype: 'BOOL', shape: [] },
      { name: 'c', dtype: 'INT8', shape: ['', 'N', 'a b', 3, '?'] },
    ],
    outputs: [],
    initializers: new Map<string, Tensor>([
      [
        'long',
        tensor(
          'INT32',
          [100],
          Int32Array.from({ length: 100 }, (_, i) => i),
        ),
      ],
      ['no', tensor('BOOL', [2], Uint8Array.of(0, 1))],
    ]),
    nodes: [everything],
  },
};

test('every kind of attribute, type and name is kept', () => {
  const text = printModel(full);
  expect(parseModelText(text)).toEqual(full);
  expect(printModel(parseModelText(text))).toBe(text);
  const odd = parseModelText(text).graph.nodes[0]!.attributes.odd;
  expect(odd?.kind === 'tensor' && new Uint32Array((odd.value.data as Float32Array).buffer)).toEqual(
    Uint32Array.of(0x7fc00001, 0xffc00000),
  );
});

test('floats are read with the bits that were printed', () => {
  const bits = fc.array(fc.integer({ min: 0, max: 0xffffffff }), { minLength: 1, maxLength: 32 });
  fc.assert(
    fc.property(bits, words => {
      const data = new Float32Array(Uint32Array.from(words).buffer);
      const doubles = new Float64Array(Uint32Array.from([...words, ...words]).buffer);
      const graph = {
        ...inner,
        outputs: [],
        initializers: new Map<string, Tensor>([
          ['f', tensor('FP32', [data.length], data)],
          ['d', tensor('FP64', [doubles.length], doubles)],
        ]),
      };
      const read = parseModelText(printModel(toModel(graph))).graph.initializers;
      expect(Buffer.from((read.get('f')!.data as Float32Array).buffer)).toEqual(Buffer.from(data.buffer));
      expect(Buffer.from((read.get('d')!.data as Float64Array).buffer)).toEqual(Buffer.from(doubles.buffer));
    }),
    { numRuns: 300 },
  );
});

const header = '<ir_version: 8, opset_import: ["" : 17]>\n';

test('bug: the bytes of a large weight overflowed the stack of a regular expression', () => {
  const data = new Float32Array(2 ** 22).fill(0.3);
  const graph = { ...inner, outputs: [], initializers: new Map([['w', tensor('FP32', [data.length], data)]]) };
  const read = parseModelText(printModel(toModel(graph))).graph.initializers.get('w')!;
  expect(Buffer.from((read.data as Float32Array).buffer).equals(Buffer.from(data.buffer))).toBe(true);
});

test('comments and ONNX’s own examples are read', () => {
  const text = `<
  ir_version: 7,
  opset_import: [ "" : 10 ]
>
agraph (float[N, 128] X, float[128, 10] W, float[10] B) => (float[N, 10] C)
{
    # the logits
    T = MatMul(X, W)
    S = Add(T, B)
    C = Softmax(S)
}`;
  expect(parseModelText(text).graph.nodes.map(({ op }) => op)).toEqual(['MatMul', 'Add', 'Softmax']);
});

test.each<[string, string, string]>([
  ['nothing', '', 'line 1, column 1: expected "<", received the end'],
  ['text after the graph', `${header}g () => () {} x`, 'line 2, column 15: expected the end, received "x"'],
  ['a string without an end', `${header}g () => () { y = Op <a = "\\"> () }`, 'a string has no end'],
  ['a line break in a string', `${header}g () => () { y = Op <a = "\n"> () }`, 'a string has an escape or a character'],
  ['a character of no token', `${header}g () => () { ~ }`, 'line 2, column 14: unexpected character "~"'],
  ['too few elements', `${header}g () => () <float[2] w = {1.0}> {}`, 'expected 2 elements, received 1'],
  ['an element outside of its type', `${header}g () => () <int8[1] w = {128}> {}`, '128 is not a value of INT8'],
  ['a negative size', `${header}g () => () <int8[-1] w = {}> {}`, 'a dimension must be a whole number'],
  ['a shape without its elements', `${header}g () => () <int8[1099511627776] w = {}> {}`, 'received 0'],
  ['damaged base64', `${header}g () => () <int8[1] w = base64 "A"> {}`, 'expected the bytes of numbers in base64'],
  [
    'two initializers of one name',
    `${header}g () => () <int8 w = {1}, int8 w = {1}> {}`,
    'two initializers have the name "w"',
  ],
  ['an empty list without a kind', `${header}g () => () { y = Op <a = []> () }`, 'an empty list needs its kind'],
  ['a list of several kinds', `${header}g () => () { y = Op <a = [1, "x"]> () }`, 'elements of several kinds'],
  ['an unknown field', '<version: 1> g () => () {}', 'expected one of ir_version, opset_import, producer_name'],
  ['bodies without end', `${header}${'g () => () { y = If <b = '.repeat(100)}`, 'nested more than 64 deep'],
])('%s is refused with its place', (_, text, message) => {
  expect(() => parseModelText(text)).toThrow(ModelError);
  expect(() => parseModelText(text)).toThrow(message);
});

test('damaged text is refused by a ModelError or read', () => {
  const text = printModel(full);
  const edit = fc.record({
    at: fc.nat(text.length),
    length: fc.nat(8),
    insert: fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('(', ')', '<', '[', '{', '"', '=', '1e999', 'inf')),
  });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), edits => {
      let damaged = text;
      for (const { at, length, insert } of edits) {
        damaged = damaged.slice(0, at) + insert + damaged.slice(at + length);
      }
      try {
        const model = parseModelText(damaged);
        expect(parseModelText(printModel(model))).toEqual(model);
      } catch (error) {
        expect(error).toBeInstanceOf(ModelError);
      }
    }),
    { numRuns: 2_000 },
  );
});
