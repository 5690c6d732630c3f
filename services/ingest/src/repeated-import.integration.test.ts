// The same import requested again after a failure.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { uploadFile } from '@athanor/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, startBench, watchToEnd } from './ingest.testkit.js';

const RECIPE = {
  format: 'FORMAT_CSV' as const,
  targets: ['y'],
  split: { validationFraction: 0, testFraction: 0 },
};

let bench: Bench;
let path: string;

beforeAll(async () => {
  bench = await startBench();
  path = join(bench.folder, 'rows.csv');
  await writeFile(path, 'a,y\n1,p\n2,q\n');
  await bench.ingest.createDataset({ datasetId: 'again' });
});
afterAll(() => bench.stop());

const loseBlobs = () => rm(join(bench.folder, 'blobs/sha256'), { recursive: true });

async function begin(requestId: string) {
  const { uploadId } = await uploadFile(bench.ingest, path);
  const sources = [{ uploadId, role: 'ROLE_FEATURES', partition: 'train' }] as const;
  return (
    await bench.ingest.createDatasetVersion({ requestId, datasetId: 'again', sources: [...sources], recipe: RECIPE })
  ).datasetVersion!;
}

test('bug: a complete upload whose bytes were lost was never uploaded again', async () => {
  const first = await uploadFile(bench.ingest, path);
  await loseBlobs();
  const again = await uploadFile(bench.ingest, path);
  expect(again).toEqual(first);
  const { version } = await begin('after-loss');
  expect((await watchToEnd(bench.ingest, 'again', version)).state).toBe('STATE_READY');
});

test('bug: an import that had FAILED could never be repeated', async () => {
  const { uploadId } = await uploadFile(bench.ingest, path);
  await loseBlobs();
  const request = {
    ...{ requestId: 'k', datasetId: 'again', recipe: RECIPE },
    sources: [{ uploadId, role: 'ROLE_FEATURES' as const, partition: 'train' }],
  };
  const { datasetVersion: failed } = await bench.ingest.createDatasetVersion(request);
  expect((await watchToEnd(bench.ingest, 'again', failed!.version)).state).toBe('STATE_FAILED');
  const repeated = await begin('k');
  expect(repeated.version).toBe(failed!.version + 1);
  expect((await watchToEnd(bench.ingest, 'again', repeated.version)).state).toBe('STATE_READY');
  // The key now belongs to the new version; the failed one stays in the list.
  expect((await begin('k')).version).toBe(repeated.version);
  const { datasetVersions } = await bench.ingest.listDatasetVersions({ datasetId: 'again' });
  expect(datasetVersions.find(({ version }) => version === failed!.version)?.state).toBe('STATE_FAILED');
});

test('bug: concurrent repetitions of a failed import each created a version', async () => {
  const { uploadId } = await uploadFile(bench.ingest, path);
  await loseBlobs();
  const request = {
    ...{ requestId: 'many', datasetId: 'again', recipe: RECIPE },
    sources: [{ uploadId, role: 'ROLE_FEATURES' as const, partition: 'train' }],
  };
  const { datasetVersion: failed } = await bench.ingest.createDatasetVersion(request);
  await watchToEnd(bench.ingest, 'again', failed!.version);
  const begun = await Promise.all(Array.from({ length: 5 }, () => begin('many')));
  expect(new Set(begun.map(({ version }) => version)).size).toBe(1);
});
