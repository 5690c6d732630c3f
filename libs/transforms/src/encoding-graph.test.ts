import { type Column, type ColumnType, textValues } from '@athanor/data';
import { checkModel, GraphBuilder, writeModel } from '@athanor/onnx';
import { openSession } from '@athanor/runtime';
import { int64, scalar, tensor } from '@athanor/tensor';
import { describe, expect, it } from 'vitest';
import { encodingGraph } from './encoding-graph.js';
import { impute } from './impute.js';
import { pixels } from './pixels.js';
import { rawInputType, rawTensor } from './raw-tensor.js';

const columnOf = (type: ColumnType, name = 'c'): Column => ({ name, type, role: 'input', nullable: true });
const number = (name: string) => columnOf({ kind: 'number', dtype: 'FP64' }, name);
const fittedFor = (...columns: string[]) => ({
  columns,
  fills: columns.map(() => 0),
  indicators: columns.map(() => false),
});

describe('encodingGraph', () => {
  it('has the columns as inputs, in the order given and by name, and one output', () => {
    const { graph, opsets } = encodingGraph(impute, [number('b'), number('a')], fittedFor('b', 'a'));
    expect(graph.inputs).toEqual([
      { name: 'b', dtype: 'FP64', shape: ['batch', 1] },
      { name: 'a', dtype: 'FP64', shape: ['batch', 1] },
    ]);
    expect(graph.outputs).toEqual([{ name: 'encoded', dtype: 'FP32', shape: ['batch', 2] }]);
    expect(opsets).toEqual({ '': 21, 'ai.onnx.ml': 4 });
  });

  it('passes the model guard whatever the columns are called', async () => {
    const names = ['encoded', 'encoded_0', 'const_0', 'cast_0', 'clipped_0', 'ä b', ' ', '0'];
    const model = encodingGraph(impute, names.map(number), fittedFor(...names));
    checkModel(model);
    expect(model.graph.outputs.map(({ name }) => name)).toEqual(['encoded_1']);
    const session = await openSession(writeModel(model), { intraOpThreads: 1 });
    const feeds = names.map((name, index) => [name, tensor('FP64', [1, 1], Float64Array.of(index))]);
    const { encoded_1 } = await session.run(Object.fromEntries(feeds));
    expect(encoded_1).toEqual(tensor('FP32', [1, 8], Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7)));
    await session.release();
  });

  it('encodes no rows to no rows', async () => {
    const session = await openSession(writeModel(encodingGraph(impute, [number('a')], fittedFor('a'))), {
      intraOpThreads: 1,
    });
    const { encoded } = await session.run({ a: tensor('FP64', [0, 1], new Float64Array()) });
    expect(encoded?.shape).toEqual([0, 1]);
    await session.release();
  });
});

describe('pixels', () => {
  it('emits the nodes that models trained on images have always had, so that their bits stay the same', () => {
    const g = new GraphBuilder('pixels');
    const column = columnOf({ kind: 'vector', dtype: 'UINT8', shape: [28, 28] });
    pixels.emit(g, [g.input('rows', rawInputType(column, 'batch'))], { column: 'c', shape: [28, 28] });
    const { nodes, initializers } = g.graph();
    expect(nodes.map(({ op, inputs, outputs, attributes }) => ({ op, inputs, outputs, attributes }))).toEqual([
      { op: 'Reshape', inputs: ['rows', 'const_0'], outputs: ['pixels_0'], attributes: {} },
      { op: 'Cast', inputs: ['pixels_0'], outputs: ['pixels_1'], attributes: { to: { kind: 'int', value: 1 } } },
      { op: 'Mul', inputs: ['pixels_1', 'const_1'], outputs: ['scaled_0'], attributes: {} },
    ]);
    expect([...initializers]).toEqual([
      ['const_0', int64([2], [-1, 784])],
      ['const_1', scalar('FP32', 1 / 255)],
    ]);
    expect(pixels.inStep).toBe(true);
  });
});

describe('rawTensor', () => {
  it.each([
    ['numbers', { kind: 'number', dtype: 'FP64' }, { kind: 'number', data: Float64Array.of(1, Number.NaN) }, undefined],
    ['integers', { kind: 'number', dtype: 'INT64' }, { kind: 'number', data: BigInt64Array.of(1n, 2n) }, undefined],
    ['booleans', { kind: 'number', dtype: 'BOOL' }, { kind: 'number', data: Uint8Array.of(1, 0) }, undefined],
    ['categories', { kind: 'category' }, { kind: 'category', codes: Int32Array.of(-1, 1) }, ['', 'é']],
    ['texts', { kind: 'text' }, textValues(['', '日本']), ['', '日本']],
    ['timestamps', { kind: 'timestamp' }, { kind: 'timestamp', data: BigInt64Array.of(-(2n ** 63n), 5n) }, undefined],
  ] as const)('gives %s as a client sends them', (_, type, values, texts) => {
    const column = columnOf(type);
    const raw = rawTensor(column, values, ['a', 'é']);
    expect(raw.dtype).toBe(rawInputType(column, 'batch').dtype);
    expect(raw.shape).toEqual([2, 1]);
    expect(raw.data).toEqual(texts ?? ('data' in values ? values.data : undefined));
  });

  it('gives vectors in their own shape', () => {
    const images = tensor('UINT8', [2, 1, 3], Uint8Array.of(1, 2, 3, 4, 5, 6));
    const column = columnOf({ kind: 'vector', dtype: 'UINT8', shape: [1, 3] });
    expect(rawTensor(column, { kind: 'vector', tensor: images })).toBe(images);
    expect(rawInputType(column, 'n')).toEqual({ dtype: 'UINT8', shape: ['n', 1, 3] });
  });

  it('refuses a code that has no category', () => {
    const values = { kind: 'category', codes: Int32Array.of(2) } as const;
    expect(() => rawTensor(columnOf({ kind: 'category' }), values, ['a'])).toThrow('a code below 1, received 2');
  });
});
