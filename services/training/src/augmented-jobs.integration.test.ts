// Jobs on images with augmentation, through the service.
import type { TrainingJob, TrainingSpecInput } from '@athanor/contracts/training';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, component, specOf, startBench, watchJob } from './training.testkit.js';

let bench: Bench;

const ROWS = 300;
const SIZE = 8;

/** An IDX file of UINT8 values. */
function idx(sizes: readonly number[], values: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.set([0, 0, 8, sizes.length]);
  for (const [axis, size] of sizes.entries()) header.writeUInt32BE(size, 4 + 4 * axis);
  return Buffer.concat([header, values]);
}

async function upload(filename: string, content: Buffer): Promise<string> {
  const { upload: created } = await bench.ingest.createUpload({ filename, byteSize: content.length });
  const { uploadId } = created!;
  const messages = async function* () {
    yield { uploadId, offset: 0, chunk: content };
  };
  await bench.ingest.writeUpload(messages());
  return uploadId;
}

/** Images with a bright row: its half is the class. */
async function importImages(datasetId: string): Promise<void> {
  const labels = Uint8Array.from({ length: ROWS }, (_, row) => row % 2);
  const pixels = Uint8Array.from({ length: ROWS * SIZE * SIZE }, (_, i) => {
    const [row, y] = [Math.floor(i / SIZE ** 2), Math.floor(i / SIZE) % SIZE];
    const isBright = y === (row % 2) * 4 + (Math.floor(row / 2) % 4);
    return (isBright ? 200 : 20) + (Math.imul(i, 2_654_435_761) >>> 27);
  });
  const [images, classes] = [idx([ROWS, SIZE, SIZE], pixels), idx([ROWS], labels)];
  await bench.ingest.createDataset({ datasetId });
  const sources = [
    { uploadId: await upload('images', images), role: 'ROLE_FEATURES' as const, partition: 'train' },
    { uploadId: await upload('labels', classes), role: 'ROLE_LABELS' as const, partition: 'train' },
  ];
  await bench.ingest.createDatasetVersion({ datasetId, sources, recipe: { format: 'FORMAT_IDX' } });
  for await (const { datasetVersion } of bench.ingest.watchDatasetVersion({ datasetId, version: 1 })) {
    if (datasetVersion?.state === 'STATE_FAILED') throw new Error(datasetVersion.preparation?.error?.message);
  }
}

beforeAll(async () => {
  bench = await startBench();
  await importImages('bars');
});
afterAll(() => bench.stop());

const model = component('cnn', { channels: [4], hidden: [8] });

async function run(changes: TrainingSpecInput): Promise<TrainingJob> {
  const spec = specOf({ datasetId: 'bars', model, epochs: 2, ...changes });
  const { job } = await bench.training.createTrainingJob({ modelName: 'bars', spec });
  return watchJob(bench.training, job!.jobId);
}

const digestOf = ({ result }: TrainingJob, name: string) => result?.files.find(file => file.name === name)?.digest;

test('a job with augmentations has them resolved, trains with them, and gives the same model each time', async () => {
  const augmentations = [component('flip'), component('crop', { padding: 1 })];
  const [first, second] = [await run({ augmentations }), await run({ augmentations })];
  expect(first.error?.message).toBeUndefined();
  expect(first.spec?.augmentations).toMatchObject([
    { kind: 'flip', version: 1 },
    { kind: 'crop', version: 1, parameters: { fields: { padding: { numberValue: 1 } } } },
  ]);
  expect(digestOf(second, 'model.onnx')).toBe(digestOf(first, 'model.onnx'));
  const plain = await run({});
  expect(plain.spec?.augmentations).toEqual([]);
  expect(digestOf(plain, 'model.onnx')).not.toBe(digestOf(first, 'model.onnx'));
  expect(digestOf(plain, 'eval.onnx')).toBe(digestOf(first, 'eval.onnx'));
});

test('augmentations that cannot be are refused when the job is created, and the family is listed', async () => {
  await expect(run({ model: component('mlp'), augmentations: [component('flp')] })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringMatching(/'mlp' takes no images .*; did you mean 'flip'\?/),
    violations: [{ field: 'spec.augmentations' }, { field: 'spec.augmentations[0].kind' }],
  });
  const { kinds } = await bench.training.listComponents({ family: 'augmentation' });
  expect(kinds.map(({ kind }) => kind)).toEqual(['flip', 'crop', 'color', 'cutout']);
});
