import { readdir } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { type ImportOptions, importModel } from './import-model.js';
import {
  BFLOAT16,
  FLOAT,
  INT64,
  int,
  ints,
  negation,
  node,
  onnxFile,
  temporaryFolders,
  value,
} from './onnx-files.testkit.js';

const folders = temporaryFolders();
afterEach(() => folders.remove());

async function importFiles(files: Readonly<Record<string, string | Uint8Array>>, options: Partial<ImportOptions> = {}) {
  const [folder, scratch] = [await folders.create(files), await folders.create()];
  return importModel({ folder, scratch, batchAxis: undefined, signal: AbortSignal.timeout(60_000), ...options });
}

/** Every element minus the mean over all rows. */
const centred = (axis: string) =>
  onnxFile({
    node: [
      node('ReduceMean', ['x'], ['mean'], [ints('axes', 0), int('keepdims', 1)]),
      node('Sub', ['x', 'mean'], ['y']),
    ],
    input: [value('x', FLOAT, [axis, 2])],
    output: [value('y', FLOAT, [axis, 2])],
  });

test('a model whose values share one named first axis is batched if its rows are independent', async () => {
  const imported = await importFiles({ 'net.onnx': negation('N') });
  expect(imported.files.map(({ name }) => name)).toEqual(['model.onnx']);
  expect(imported.signature.inputs).toEqual([{ name: 'x', datatype: 'FP32', shape: [-1, 2], axes: ['N', ''] }]);
  expect(imported.batching).toMatchObject({ enabled: true, maxBatchSize: 0 });
  expect(imported).toMatchObject({ recommendedServing: undefined, changes: [], notes: [] });
});

test('rows that depend on each other run alone, and the reason names output and input', async () => {
  const { batching } = await importFiles({ 'model.onnx': centred('N') });
  expect(batching.enabled).toBe(false);
  expect(batching.reason).toMatch(/rows depend on each other: .*output "y" differs .* because of input "x"/);
});

test('a declared batch axis is refused if rows depend on each other', async () => {
  await expect(importFiles({ 'model.onnx': centred('') }, { batchAxis: 0 })).rejects.toMatchObject({
    code: 'ROWS_DEPEND',
  });
  const { batching } = await importFiles({ 'model.onnx': centred('') }, { batchAxis: -1 });
  expect(batching.enabled).toBe(false);
});

test('a reshape of config.pbtxt is part of the graph, and clients see its dims', async () => {
  const image = onnxFile({
    node: [node('Neg', ['x'], ['y'])],
    input: [value('x', FLOAT, [1, 2, 3])],
    output: [value('y', FLOAT, [1, 2, 3])],
  });
  const config = `max_batch_size: 0
    input { name: "x" data_type: TYPE_FP32 dims: [ 2, 3 ] reshape { shape: [ 1, 2, 3 ] } }
    output { name: "y" data_type: TYPE_FP32 dims: [ 6 ] reshape { shape: [ 1, 2, 3 ] } }`;
  const imported = await importFiles({ 'model.onnx': image, 'config.pbtxt': config });
  expect(imported.signature).toMatchObject({ inputs: [{ shape: [2, 3] }], outputs: [{ shape: [6] }] });
  expect(imported.changes).toHaveLength(2);
  const other = config.replace('shape: [ 1, 2, 3 ]', 'shape: [ 3, 2, 1 ]');
  await expect(importFiles({ 'model.onnx': image, 'config.pbtxt': other })).rejects.toMatchObject({ code: 'RESHAPE' });
});

test('unnamed axes are a batch only if that is declared', async () => {
  const files = { 'model.onnx': negation('') };
  expect((await importFiles(files)).batching.enabled).toBe(false);
  expect((await importFiles(files, { batchAxis: 0 })).batching.enabled).toBe(true);
  await expect(importFiles({ 'model.onnx': negation(3) }, { batchAxis: 0 })).rejects.toMatchObject({
    code: 'BATCH_AXIS',
  });
});

test('an output whose number of rows is another one is no batch', async () => {
  const sum = onnxFile({
    node: [node('ReduceSum', ['x'], ['y'], [int('keepdims', 1)])],
    input: [value('x', FLOAT, ['N', 2])],
    output: [value('y', FLOAT, ['', 1])],
  });
  // The runtime infers [1, 1]; the file leaves the size open.
  await expect(importFiles({ 'model.onnx': sum }, { batchAxis: 0 })).rejects.toMatchObject({
    code: 'ROWS_DEPEND',
    message: expect.stringContaining('of 3 rows, output "y" has the shape [1,1]'),
  });
});

test("a Triton model folder is imported with its configuration's batch, labels and scheduler", async () => {
  const imported = await importFiles({
    'config.pbtxt': `
      backend: "onnxruntime" max_batch_size: 8
      input { name: "x" data_type: TYPE_FP32 dims: 2 }
      output { name: "y" data_type: TYPE_FP32 dims: 2 label_filename: "names.txt" }
      dynamic_batching { priority_levels: 3 }`,
    'names.txt': 'cat\ndog\n',
    '1/model.onnx': negation(''),
  });
  expect(imported.batching).toMatchObject({ enabled: true, maxBatchSize: 8 });
  expect(imported.recommendedServing).toMatchObject({ labels: { outputs: [{ output: 'y', labels: ['cat', 'dog'] }] } });
});

test('a config.pbtxt that contradicts the file is refused, and nothing is written', async () => {
  const scratch = await folders.create();
  const config = 'max_batch_size: 8 input { name: "x" data_type: TYPE_INT8 dims: 3 }';
  const files = { 'config.pbtxt': config, 'model.onnx': negation('') };
  await expect(importFiles(files, { scratch })).rejects.toMatchObject({ code: 'CONFIG_CONTRADICTS' });
  expect(await readdir(scratch)).toEqual([]);
});

test('BF16 values keep their datatype in the signature and run as FP32', async () => {
  const model = onnxFile({
    node: [node('Cast', ['x'], ['y'], [int('to', BFLOAT16)])],
    input: [value('x', BFLOAT16, ['N', 2])],
    output: [value('y', BFLOAT16, ['N', 2])],
  });
  const imported = await importFiles({ 'model.onnx': model });
  expect(imported.signature.outputs[0]!.datatype).toBe('BF16');
  expect(imported.changes).toHaveLength(2);
  expect(imported.batching.enabled).toBe(true);
});

const externalModel = (type: number) =>
  onnxFile({
    node: [
      node('Cast', ['w'], ['c'], [int('to', FLOAT)]),
      node('Add', ['x', 'c'], ['s']),
      node('Cast', ['s'], ['y'], [int('to', type)]),
    ],
    input: [value('x', FLOAT, ['N', 2])],
    output: [value('y', type, ['N', 2])],
    initializer: [
      {
        name: 'w',
        dataType: FLOAT,
        dims: [2],
        dataLocation: 1,
        externalData: [{ key: 'location', value: 'weights/w.bin' }],
      },
    ],
  });

test.each([
  ['as it is', FLOAT],
  ['rewritten', BFLOAT16],
])('a model with external data is imported with its files, %s', async (_, type) => {
  const files = { 'net/model.onnx': externalModel(type), 'net/weights/w.bin': new Uint8Array(8) };
  const imported = await importFiles(files);
  expect(imported.files.map(({ name }) => name)).toEqual(['model.onnx', 'weights/w.bin']);
  expect(imported.files[1]!.path).toMatch(/net\/weights\/w\.bin$/);
  expect(imported.batching.enabled).toBe(true);
});

test.each<[string, Record<string, string | Uint8Array>, string, RegExp]>([
  ['no model', { 'readme.txt': '' }, 'NO_MODEL', /a file with the ending .onnx, received "readme.txt"/],
  ['two models', { 'a.onnx': '', 'b.onnx': '' }, 'NO_MODEL', /expected one model, received "a.onnx", "b.onnx"/],
  ['a zip', { 'model.zip': 'PK\x03\x04' }, 'NOT_ONNX', /this is a zip archive; unpack it and import the folder/],
  ['half a file', { 'model.onnx': negation('N').subarray(0, 40) }, 'MALFORMED', /cut or damaged at byte/],
  [
    'missing external data',
    { 'model.onnx': externalModel(FLOAT) },
    'EXTERNAL_DATA',
    /"weights\/w.bin" is not among the artifact's files/,
  ],
  ['labels of another count', { 'model.onnx': negation('N'), 'labels.txt': 'a\nb\nc' }, 'LABELS_COUNT', /the 3 labels/],
  [
    'what ONNX Runtime does not load',
    {
      'model.onnx': onnxFile(
        {
          node: [node('ImageDecoder', ['x'], ['y'])],
          input: [value('x', 2, ['n'])],
          output: [value('y', 2, ['h', 'w', 3])],
        },
        20,
      ),
    },
    'RUNTIME_REFUSES',
    /Could not find an implementation for ImageDecoder/,
  ],
])('%s is refused', async (_, files, code, message) => {
  await expect(importFiles(files)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

/** Computes for hours, whatever it is given. */
const endless = onnxFile({
  node: [
    node(
      'Loop',
      ['turns', '', 'x'],
      ['y'],
      [
        {
          name: 'body',
          type: 5,
          g: {
            name: 'body',
            node: [
              node('MatMul', ['a', 'a'], ['product']),
              node('Tanh', ['product'], ['b']),
              node('Identity', ['go'], ['on']),
            ],
            input: [value('i', INT64, []), value('go', 9, []), value('a', FLOAT, [256, 256])],
            output: [value('on', 9, []), value('b', FLOAT, [256, 256])],
          },
        },
      ],
    ),
  ],
  input: [value('x', FLOAT, [256, 256])],
  output: [value('y', FLOAT, [256, 256])],
  initializer: [{ name: 'turns', dataType: INT64, dims: [], int64Data: [9_999_999] }],
});

test('a run that does not end is stopped, and noted', async () => {
  const { notes } = await importFiles({ 'model.onnx': endless }, { limits: { runTimeoutMs: 300 } });
  expect(notes).toEqual(['a run on random data failed: no end within 300 ms']);
});

test('an import can be cancelled while a model computes', async () => {
  const signal = AbortSignal.timeout(1_000);
  await expect(importFiles({ 'model.onnx': endless }, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('a process that takes too much memory is ended', async () => {
  const importing = importFiles({ 'model.onnx': endless }, { limits: { memoryMb: 1 } });
  await expect(importing).rejects.toMatchObject({
    code: 'MEMORY_LIMIT',
    message: 'reading "model.onnx": took more than 1 MiB of memory',
  });
});
