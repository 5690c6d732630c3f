import { createHash } from 'node:crypto';
import { sliceRows } from '@athanor/data';
import { openSession } from '@athanor/runtime';
import { rawTensor } from '@athanor/transforms';
import { expect, test } from 'vitest';
import { evaluateModel } from './evaluate.js';
import { type ExportedModel, exportModel } from './export-model.js';
import type { TrainingSpec } from './spec.js';
import { train } from './train.js';
import { columnData, columnSpec, imageData, labelsOf, specOf, splitOf, taskOf } from './training-data.testkit.js';

async function trainAndExport(spec: TrainingSpec): Promise<ExportedModel> {
  const data = imageData();
  const result = await train({ spec, data });
  if (result.status !== 'completed') throw new Error(`training ${result.status}`);
  return exportModel({ spec, network: result.network, weights: result.weights });
}

const digests = ({ files }: ExportedModel) =>
  [...files].map(([name, bytes]) => [name, createHash('sha256').update(bytes).digest('hex')]);

test('the signature has raw rows as input, probabilities and label as outputs', async () => {
  const { signature, files } = await trainAndExport(specOf());
  expect([...files.keys()]).toEqual(['model.onnx', 'eval.onnx', 'train.onnx', 'transforms.json', 'task.json']);
  expect(signature).toEqual({
    inputs: [{ name: 'image', dtype: 'UINT8', shape: [-1, 2, 3] }],
    outputs: [
      { name: 'probabilities', dtype: 'FP32', shape: [-1, 3] },
      { name: 'label', dtype: 'BYTES', shape: [-1] },
    ],
  });
});

test('the same job gives the same bytes; another seed gives other weights in the same graphs', async () => {
  const [first, again, other] = [
    await trainAndExport(specOf()),
    await trainAndExport(specOf({ chunkSteps: 1, checkpointEverySteps: 2 })),
    await trainAndExport(specOf({ seed: 8 })),
  ];
  expect(digests(again)).toEqual(digests(first));
  expect(digests(other)[0]).not.toEqual(digests(first)[0]);
  expect(digests(other).slice(1)).toEqual(digests(first).slice(1));
});

test.each([
  ['images', specOf({ epochs: 20 }), imageData()],
  ['columns', columnSpec({ epochs: 20 }), columnData()],
])('the exported model serves the probabilities of the evaluation for %s', async (_, spec, data) => {
  const result = await train({ spec, data });
  if (result.status !== 'completed') throw new Error(`training ${result.status}`);
  const { network, weights } = result;
  const model = exportModel({ spec, network, weights }).files.get('model.onnx')!;
  const { columns, task } = network;
  const options = { scores: task.scores, columns, batchSize: 5, cpuThreads: 1 };
  const probabilities = await evaluateModel(model, data.validation, options);
  const truth = task.truth([data.validation.values.get('label')!]);
  const meter = task.startMeter();
  meter.add(probabilities, truth);
  expect(meter.metrics()[0]).toMatchObject({ name: 'accuracy', value: 1 });

  const session = await openSession(model, { intraOpThreads: 1 });
  const rows = columns.map(column => [
    column.name,
    rawTensor(column, sliceRows(data.validation.values.get(column.name)!, 0, 5)),
  ]);
  const outputs = await session.run(Object.fromEntries(rows));
  await session.release();
  expect(outputs.probabilities!.data).toEqual(probabilities.slice(0, 15));
  expect(outputs.label!.data).toEqual([...labelsOf(data.validation).slice(0, 5)].map(code => task.classes[code]));
});

test('a threshold that was chosen on validation is in the served graph and in task.json', async () => {
  const { columns, train: rows, validation } = columnData();
  // One of three classes against the others: the best threshold is seldom ½.
  const label = { ...columns.at(-1)!, categories: ['no', 'yes'] };
  const yes = (split: typeof rows) => {
    const codes = labelsOf(split).map(code => Number(code === 2));
    return splitOf({ ...Object.fromEntries(split.values), label: { kind: 'category', codes } }, split.rows);
  };
  const data = { columns: [...columns.slice(0, -1), label], train: yes(rows), validation: yes(validation) };
  const spec = columnSpec({ epochs: 2, task: taskOf('binary', { threshold: 'f1' }) });
  const result = await train({ spec, data });
  if (result.status !== 'completed') throw new Error(`training ${result.status}`);
  const { files } = exportModel({ spec, ...result });
  const { threshold, classes } = JSON.parse(Buffer.from(files.get('task.json')!).toString());
  expect(classes).toEqual(['no', 'yes']);
  expect(threshold).toEqual({ value: expect.any(Number), source: 'f1 on validation' });
  expect(threshold.value).not.toBe(0.5);
  const session = await openSession(files.get('model.onnx')!, { intraOpThreads: 1 });
  const feeds = result.network.columns.map(column => [
    column.name,
    rawTensor(column, data.validation.values.get(column.name)!),
  ]);
  const outputs = await session.run(Object.fromEntries(feeds));
  await session.release();
  const probabilities = [...(outputs.probabilities!.data as Float32Array)].filter((_, index) => index % 2 === 1);
  expect(outputs.label!.data).toEqual(probabilities.map(value => (value >= threshold.value ? 'yes' : 'no')));
  expect(new Set(outputs.label!.data as string[]).size).toBe(2);
});
