import { createHash } from 'node:crypto';
import { openSession } from '@athanor/runtime';
import { tensor } from '@athanor/tensor';
import { expect, test } from 'vitest';
import { evaluateModel } from './evaluate.js';
import { type ExportedModel, exportModel } from './export-model.js';
import type { TrainingSpec } from './spec.js';
import { train } from './train.js';
import { imageData, specOf } from './training-data.testkit.js';

async function trainAndExport(spec: TrainingSpec): Promise<ExportedModel> {
  const data = imageData();
  const result = await train({ spec, data });
  if (result.status !== 'completed') throw new Error(`training ${result.status}`);
  return exportModel({ spec, network: result.network, inputName: data.inputName, parameters: result.parameters });
}

const digests = ({ files }: ExportedModel) =>
  [...files].map(([name, bytes]) => [name, createHash('sha256').update(bytes).digest('hex')]);

test('the signature has raw rows as input, probabilities and label as outputs', async () => {
  const { signature, files } = await trainAndExport(specOf());
  expect([...files.keys()]).toEqual(['model.onnx', 'eval.onnx', 'train.onnx']);
  expect(signature).toEqual({
    inputs: [{ name: 'image', dtype: 'UINT8', shape: [-1, 2, 3] }],
    outputs: [
      { name: 'probabilities', dtype: 'FP32', shape: [-1, 3] },
      { name: 'label', dtype: 'INT64', shape: [-1] },
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

test('the exported model serves the probabilities of the evaluation', async () => {
  const { files } = await trainAndExport(specOf({ epochs: 20 }));
  const { validation } = imageData();
  const model = files.get('model.onnx')!;
  const options = { inputName: 'image', classes: 3, batchSize: 5, cpuThreads: 1 };
  const { metrics, probabilities } = await evaluateModel(model, validation, options);
  expect(metrics.rows).toBe(12);
  expect(metrics.accuracy).toBeGreaterThan(0.9);

  const session = await openSession(model, { intraOpThreads: 1 });
  const rows = tensor('UINT8', [5, 2, 3], (validation.features.data as Uint8Array).slice(0, 30));
  const outputs = await session.run({ image: rows });
  await session.release();
  expect(outputs.probabilities!.data).toEqual(probabilities.slice(0, 15));
  expect([...(outputs.label!.data as BigInt64Array)].map(Number)).toEqual([...validation.labels.slice(0, 5)]);
});
