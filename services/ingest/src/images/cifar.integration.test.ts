// A sample of CIFAR-10 through the service, with pixels as Pillow decodes them (cifar.py).
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type DatasetManifest, readShard, textAt } from '@athanor/data';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Bench, makeVersion, startBench, upload } from '../ingest.testkit.js';
import pillow from './cifar.json' with { type: 'json' };
import { png, type TestEntry, zip } from './images.testkit.js';

const CIFAR = fileURLToPath(new URL('../../../../../shared/data/cifar10-sample-a/cifar10_images.zip', import.meta.url));
const isThere = existsSync(CIFAR);
const CLASSES = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
/** In cifar.py. */
const STEP = 16;

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());

async function readBlob(datasetId: string, digest = ''): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const { chunk } of bench.ingest.readDatasetBlob({ datasetId, version: 1, digest })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

it.skipIf(!isThere)(
  `CIFAR-10: counts, classes, partitions and pixels${isThere ? '' : ' (no data beside the checkout)'}`,
  async () => {
    const sources = [{ content: await readFile(CIFAR), filename: 'cifar10_images.zip' }];
    const version = await makeVersion(bench.ingest, 'cifar', { sources, recipe: {} });
    expect(version.preparation?.error).toBeNull();
    expect(version).toMatchObject({ state: 'STATE_READY', classes: CLASSES, rowsRead: 4_000 });
    const [train, validation, test] = version.splits;
    expect(test).toMatchObject({ rows: 1_000, classRows: CLASSES.map(() => 100) });
    expect(train!.rows + validation!.rows).toBe(3_000);
    expect(CLASSES.map((_, index) => train!.classRows[index]! + validation!.classRows[index]!)).toEqual(
      CLASSES.map(() => 300),
    );
    expect(version.columns[0]?.column?.type).toMatchObject({ kind: 'vector', datatype: 'UINT8', shape: [32, 32, 3] });
    const images = version.columns[0]?.statistics?.images;
    expect(images).toMatchObject({
      sizes: [{ value: '32x32', count: 4_000 }],
      formats: [{ value: 'jpeg', count: 4_000 }],
    });
    // Means of CIFAR-10's training images as they are commonly given, times 255.
    expect(images?.channels.map(({ channel, mean }) => [channel, Math.abs(mean - MEANS[channel]!) < 2])).toEqual([
      ['red', true],
      ['green', true],
      ['blue', true],
    ]);
    expect(version.recipe?.images).toMatchObject({ height: 32, width: 32, fit: 'IMAGE_FIT_COVER' });
    await expectPixels('cifar');
  },
);

const MEANS: Readonly<Record<string, number>> = { red: 125.3, green: 123, blue: 113.9 };

async function expectPixels(datasetId: string): Promise<void> {
  const manifest = JSON.parse((await readBlob(datasetId)).toString()) as DatasetManifest;
  const left = new Map(Object.entries(pillow.images));
  for (const { shards } of Object.values(manifest.splits)) {
    for (const { digest } of shards) {
      const { values } = readShard(await readBlob(datasetId, digest), manifest.columns);
      const [pixels, paths] = [values.get(0), values.get(2)];
      if (pixels?.kind !== 'vector' || paths?.kind !== 'text') throw new Error('expected images and paths');
      const rows = pixels.tensor.shape[0]!;
      const data = pixels.tensor.data as Uint8Array;
      for (let row = 0; row < rows; row++) {
        const expected = left.get(textAt(paths, row));
        if (expected === undefined) continue;
        left.delete(textAt(paths, row));
        const own = data.subarray(row * 3_072, (row + 1) * 3_072).filter((_, at) => Math.floor(at / 3) % STEP === 0);
        const differences = [...Buffer.from(expected, 'hex')].map((value, at) => Math.abs(value - own[at]!));
        // Decoders of JPEG may round differently.
        expect(Math.max(...differences)).toBeLessThanOrEqual(2);
      }
    }
  }
  expect([...left.keys()]).toEqual([]);
}

it('an archive with damaged files: the others are imported, and these are listed with their reasons', async () => {
  const good = await Promise.all(
    Array.from(
      { length: 40 },
      async (_, index): Promise<TestEntry> => ({
        path: `${index % 2 === 0 ? 'cat' : 'dog'}/${index}.png`,
        content: await png(12, 10, [200, 10 * (index % 20), 50], index),
      }),
    ),
  );
  const content = zip([
    ...good,
    { path: 'cat/text.jpg', content: 'no image' },
    { path: 'dog/wrong.png', content: good[0]!.content, crc: 7 },
  ]);
  const recipe = {
    split: { validationFraction: 0.2, testFraction: 0.2 },
    images: { fit: 'IMAGE_FIT_STRETCH' },
  } as const;
  const version = await makeVersion(bench.ingest, 'pets', { sources: [{ content, filename: 'pets.zip' }], recipe });
  expect(version.preparation?.error).toBeNull();
  expect(version).toMatchObject({ state: 'STATE_READY', classes: ['cat', 'dog'], rowsRead: 42 });
  expect(version.columns.map(({ column }) => column?.type)).toMatchObject([
    { kind: 'vector', shape: [10, 12, 3] },
    { kind: 'category' },
    { kind: 'text' },
  ]);
  expect(version.splits.reduce((sum, { rows }) => sum + rows, 0)).toBe(40);
  const { rows } = await bench.ingest.listQuarantinedRows({ datasetId: 'pets', version: 1 });
  expect(
    rows.map(({ filename, rowNumber, values, reasons }) => [filename, rowNumber, values, reasons[0]?.check]),
  ).toEqual([
    ['pets.zip', 41, { path: 'cat/text.jpg', label: 'cat' }, 'damaged-image'],
    ['pets.zip', 42, { path: 'dog/wrong.png', label: 'dog' }, 'damaged-image'],
  ]);
  const { findings } = await bench.ingest.listFindings({ datasetId: 'pets', version: 1, check: 'damaged-image' });
  expect(findings.map(({ rowId, detail }) => [rowId, detail])).toEqual([
    ['train/40', expect.stringContaining('cat/text.jpg is no image that can be read')],
    ['train/41', 'dog/wrong.png differs from its checksum'],
  ]);
  const manifest = JSON.parse((await readBlob('pets')).toString()) as { recipe: object };
  expect(manifest.recipe).toMatchObject({
    format: 'FORMAT_IMAGES',
    images: { height: 10, width: 12, channels: 3, fit: 'stretch', background: 'black' },
  });
});

it('an archive without images is refused with what is in it, and one has no plan', async () => {
  const content = zip([{ path: 'rows.csv', content: 'a,b\n1,2\n' }]);
  const sources = [{ content, filename: 'rows.zip' }];
  const version = await makeVersion(bench.ingest, 'rows', { sources, recipe: {} });
  expect(version.state).toBe('STATE_FAILED');
  expect(version.preparation?.error?.message).toMatch(/expected images .* found rows.csv; .*unpack tables/);
  const uploadId = await upload(bench.ingest, content, 'rows.zip');
  const plan = bench.ingest.planDatasetVersion({
    sources: [{ uploadId, role: 'ROLE_FEATURES', partition: 'train' }],
    recipe: {},
  });
  await expect(plan).rejects.toThrow(/expected tables, got an archive of images/);
});
