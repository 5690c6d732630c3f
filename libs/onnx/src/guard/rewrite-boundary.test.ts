import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { attribute, BFLOAT16, FLOAT, INT64, negation, node, tensor, value } from './file-models.testkit.js';
import { decodeFileModel } from './file-schema.js';
import { guardFile } from './guard-file.js';

const labels = (...names: string[]) =>
  attribute('classlabels_strings', { type: 8, strings: names.map(name => new TextEncoder().encode(name)) });
const zipMap = (input: string, output: string, ...names: string[]) =>
  node('ZipMap', [input], [output], { domain: 'ai.onnx.ml', attribute: [labels(...names)] });

test('the output of a ZipMap is its tensor, under the same name', () => {
  const bytes = negation(model => {
    model.opsetImport = [{ domain: 'ai.onnx.ml', version: 1 }];
    model.graph.node = [node('Scaler', ['x'], ['raw'], { domain: 'ai.onnx.ml' }), zipMap('raw', 'y', 'no', 'yes')];
    model.graph.output = [{ name: 'y', type: { sequenceType: {} } }];
  });
  const guarded = guardFile(bytes);
  expect(guarded.boundary.outputs).toEqual([{ name: 'y', dtype: 'FP32', shape: ['', 2] }]);
  expect(guarded.labels).toEqual([{ output: 'y', labels: ['no', 'yes'] }]);
  expect(guarded.changes).toEqual(['output "y" is the tensor of its ZipMap, with the columns "no", "yes"']);
  const served = decodeFileModel(guarded.rewritten!);
  expect(served.graph!.node.map(({ opType }) => opType)).toEqual(['Scaler', 'Identity']);
  // Identity needs ai.onnx, which the file did not use.
  expect(served.opsetImport.map(({ domain }) => domain)).toEqual(['ai.onnx.ml', '']);
  expect(guardFile(guarded.rewritten!).rewritten).toBeUndefined();
});

test('a ZipMap whose output the graph uses is refused', () => {
  const bytes = negation(model => {
    model.opsetImport.push({ domain: 'ai.onnx.ml', version: 1 });
    model.graph.node.push(zipMap('y', 'maps', 'a'), node('SequenceLength', ['maps'], ['n']));
    model.graph.output.push({ name: 'maps', type: { sequenceType: {} } });
  });
  expect(() => guardFile(bytes)).toThrow(expect.objectContaining({ code: 'NOT_A_TENSOR' }));
});

test('BF16 inputs and outputs are FP32 with a Cast; the boundary still says BF16', () => {
  const bytes = negation(({ graph }) => {
    graph.input = [value('x', BFLOAT16, ['N'])];
    graph.output = [value('y', BFLOAT16, ['N'])];
    graph.valueInfo = [value('y', BFLOAT16, ['N'])];
  });
  const guarded = guardFile(bytes);
  expect(guarded.boundary.inputs[0]!.dtype).toBe('BF16');
  expect(guarded.changes).toHaveLength(2);
  const { graph } = decodeFileModel(guarded.rewritten!);
  expect(graph!.node.map(({ opType, input, output }) => [opType, ...input, ...output])).toEqual([
    ['Cast', 'x', 'x/bf16'],
    ['Neg', 'x/bf16', 'y/bf16'],
    ['Cast', 'y/bf16', 'y'],
  ]);
  expect([...graph!.input, ...graph!.output].map(({ type }) => type!.tensorType!.elemType)).toEqual([FLOAT, FLOAT]);
  expect(graph!.valueInfo).toEqual([]);
});

test('bodies that read a BF16 input read it after the Cast, and fresh names avoid the taken ones', () => {
  const bytes = negation(({ graph }) => {
    graph.input = [value('x', BFLOAT16, [])];
    graph.initializer.push(tensor({ name: 'x/bf16', dataType: INT64, dims: [0] }));
    const inner = {
      ...graph,
      node: [node('Neg', ['x'], ['v'])],
      input: [],
      output: [value('v', BFLOAT16, [])],
      initializer: [],
    };
    graph.node = [node('If', ['x'], ['y'], { attribute: [attribute('then_branch', { type: 5, g: inner })] })];
  });
  const { graph } = decodeFileModel(guardFile(bytes).rewritten!);
  expect(graph!.node[1]!.attribute[0]!.g!.node[0]!.input).toEqual(['x/bf16_']);
});

// y = x + w, where w is [1, 2] unless it is given.
const addsDefault = (irVersion: number) =>
  negation(model => {
    model.irVersion = irVersion;
    const { graph } = model;
    graph.input = [value('x', BFLOAT16, ['N', 2]), value('w', BFLOAT16, [2])];
    const rawData = new Uint8Array(Uint16Array.of(0x3f80, 0x4000).buffer);
    graph.initializer.push(tensor({ name: 'w', dataType: BFLOAT16, dims: [2], rawData }));
    graph.node = [castToFloat('x', 'a'), castToFloat('w', 'b'), node('Add', ['a', 'b'], ['y'])];
    graph.output.push(value('w', BFLOAT16, [2]));
  });
const castToFloat = (input: string, output: string) =>
  node('Cast', [input], [output], { attribute: [attribute('to', { type: 2, i: FLOAT })] });

// Before IR 4 every initializer is an input as well.
test.each([3, 8])('bug: a BF16 input with a default value became FP32, unlike its data (IR %i)', async irVersion => {
  const { boundary, rewritten } = guardFile(addsDefault(irVersion));
  expect(boundary.inputs.map(({ name }) => name)).toEqual(['x']);
  const session = await InferenceSession.create(rewritten!, { logSeverityLevel: 4 });
  expect(session.inputNames).toEqual(['x']);
  const outputs = await session.run({ x: new Tensor('float32', [10, 20], [1, 2]) });
  expect(outputs.y!.data).toEqual(Float32Array.of(11, 22));
  expect(outputs.w!.data).toEqual(Float32Array.of(1, 2));
  await session.release();
});
