import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openArtifact } from '../artifact/artifact.js';
import type { ImportedTensor } from '../signature.js';
import type { OutputLabels } from './labels.js';
import { parseModelConfig } from './parse-model-config.js';
import { recommendServing } from './recommended-serving.js';
import { checkSections } from './unsupported.js';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

const value = (name: string, shape: number[]): ImportedTensor => ({ name, datatype: 'FP32', shape, axes: [] });
const signature = { inputs: [value('x', [-1, 2])], outputs: [value('y', [-1, 3]), value('z', [-1, 5])] };

async function recommend(files: Readonly<Record<string, string>>, of = signature, labels: OutputLabels[] = []) {
  const folder = await mkdtemp(join(tmpdir(), 'serving-'));
  folders.push(folder);
  for (const [name, text] of Object.entries({ 'model.onnx': '', ...files })) await writeFile(join(folder, name), text);
  return recommendServing(await openArtifact(folder), of, { labels });
}
const ofConfig = (config: string) => recommend({ 'config.pbtxt': config });

test('files that say nothing recommend nothing', async () => {
  expect(await recommend({})).toEqual({ serving: undefined, notes: [] });
});

test('dynamic batching, instances and warm-up become settings', async () => {
  const { serving } = await ofConfig(`
    max_batch_size: 16
    dynamic_batching { max_queue_delay_microseconds: 500 default_queue_policy { max_queue_size: 10 } }
    instance_group [ { count: 2 kind: KIND_CPU } ]
    model_warmup { name: "zeros" batch_size: 4 inputs { key: "x" value { data_type: TYPE_FP32 dims: 2 zero_data: true } } }`);
  expect(serving).toEqual({
    scheduler: {
      kind: 'dynamic',
      version: 0,
      parameters: { maxBatchSize: 16, maxQueueDelayUs: 500, maxQueueSize: 10 },
    },
    instances: 2,
    gpu: 'GPU_OFF',
    warmUp: { samples: [{ batchSize: 4, count: 0, inputs: [{ name: 'x', dims: [2], content: 'CONTENT_ZERO' }] }] },
  });
});

test('a batch without dynamic batching is served request by request', async () => {
  const { serving } = await ofConfig('max_batch_size: 16 instance_group { kind: KIND_GPU }');
  expect(serving).toEqual({
    scheduler: { kind: 'direct', version: 0, parameters: { maxBatchSize: 16 } },
    instances: 1,
    gpu: 'GPU_PREFERRED',
  });
});

test('parameters beyond those of the scheduler are refused', async () => {
  await expect(ofConfig('max_batch_size: 100000')).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('maxBatchSize'),
  });
});

test('a bare labels.txt belongs to the output with as many classes', async () => {
  const { serving } = await recommend({ 'labels.txt': 'a\r\nb\nc\n\n' });
  expect(serving?.labels).toEqual({ outputs: [{ output: 'y', labels: ['a', 'b', 'c'] }] });
});

test('classes of a ZipMap are the labels of its output, unless a file names others', async () => {
  const inFile = ['y', 'z'].map(output => ({ output, labels: ['0', '1', '2'] }));
  expect((await recommend({}, signature, inFile)).serving?.labels).toEqual({ outputs: inFile });
  const named = await recommend({ 'labels.txt': 'a\nb\nc\n' }, signature, inFile);
  expect(named.serving?.labels).toEqual({ outputs: [{ output: 'y', labels: ['a', 'b', 'c'] }, inFile[1]] });
});

test('labels of another count are refused with the candidates', async () => {
  await expect(recommend({ 'labels.txt': 'a\nb\n' })).rejects.toMatchObject({
    code: 'LABELS_COUNT',
    message: expect.stringContaining('the 2 labels of "labels.txt", received "y" [-1,3], "z" [-1,5]'),
  });
  const two = { ...signature, outputs: [value('y', [-1, 2]), value('z', [2])] };
  await expect(recommend({ 'labels.txt': 'a\nb\n' }, two)).rejects.toMatchObject({ code: 'LABELS_COUNT' });
});

test('labels that config.pbtxt names must exist and fit', async () => {
  const config = 'output { name: "y" label_filename: "classes.txt" }';
  await expect(ofConfig(config)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  await expect(recommend({ 'config.pbtxt': config, 'classes.txt': 'a\nb' })).rejects.toMatchObject({
    code: 'LABELS_COUNT',
    message: expect.stringContaining('expected 3 labels for output "y", received 2 in "classes.txt"'),
  });
});

test('a warm-up of another type contradicts the model', async () => {
  const config = 'model_warmup { name: "s" inputs { key: "x" value { data_type: TYPE_INT8 random_data: true } } }';
  await expect(ofConfig(config)).rejects.toMatchObject({ code: 'CONFIG_CONTRADICTS' });
});

test.each([
  ['sequence_batching {}', 'sequence_batching is not supported'],
  ['ensemble_scheduling {}', 'ensemble_scheduling is not supported'],
  ['model_transaction_policy { decoupled: true }', 'model_transaction_policy.decoupled'],
  ['model_operations { op_library_filename: "evil.so" }', 'no code is loaded'],
  ['platform: "tensorrt_plan"', 'expected platform "onnxruntime_onnx" or backend "onnxruntime"'],
  ['backend: "python"', 'received platform "" and backend "python"'],
])('%s is refused by name', (text, message) => {
  expect(() => checkSections(parseModelConfig(text))).toThrow(message);
});

test('sections that only tune Triton are noted', () => {
  const config = parseModelConfig('optimization { graph { level: 1 } } dynamic_batching { preferred_batch_size: [4] }');
  expect(checkSections(config)).toEqual([
    'config.pbtxt: optimization is not applied; the runtime optimizes by itself',
    'config.pbtxt: preferred_batch_size is not applied; runs take all rows that wait, up to the maximum',
  ]);
});
