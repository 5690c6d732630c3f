// Plans over gRPC.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, makeVersion, startBench, upload } from './ingest.testkit.js';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

const lines = Array.from(
  { length: 300 },
  (_, index) => `${(index * 37) % 101}.5,${index % 5 ? 'ab' : ''},${index % 3}\n`,
);
const content = Buffer.from(`x,word,y\n${lines.join('')}`);
const recipe = { targets: ['y'] };

test('a plan has the columns, findings and splits of the version that an import then makes, and makes none itself', async () => {
  const { ingest } = bench;
  const source = {
    uploadId: await upload(ingest, content, 'f.csv'),
    role: 'ROLE_FEATURES',
    partition: 'train',
  } as const;
  const { plan } = await ingest.planDatasetVersion({ sources: [source], recipe });
  expect((await ingest.listDatasets({})).datasets).toEqual([]);
  expect(plan).toMatchObject({ sampledRows: 300, isComplete: true, task: 'multiclass', problems: [] });
  expect(plan?.sources).toMatchObject([{ filename: 'f.csv', format: 'csv', delimiter: ',', header: true }]);
  const version = await makeVersion(ingest, 'planned', { sources: [{ content, filename: 'f.csv' }], recipe });
  expect(plan?.columns.map(({ column }) => column)).toEqual(version.columns);
  expect(plan?.findings).toEqual(version.findings);
  expect(plan?.splits.map(({ rows }) => rows)).toEqual(version.splits.map(({ rows }) => rows));
});

test('a plan is refused like an import: unknown columns, unfinished and foreign uploads', async () => {
  const { ingest, stranger } = bench;
  const uploadId = await upload(ingest, content, 'f.csv');
  const sources = [{ uploadId, role: 'ROLE_FEATURES', partition: 'train' } as const];
  await expect(ingest.planDatasetVersion({ sources, recipe: { targets: ['z'] } })).rejects.toMatchObject({
    ...{ code: 'INVALID_ARGUMENT', reason: 'BAD_DATA' },
    message: expect.stringMatching(/--target names the column 'z', but the columns are x, word, y/),
  });
  await expect(stranger.planDatasetVersion({ sources, recipe })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const { upload: begun } = await ingest.createUpload({ filename: 'f', byteSize: 10 });
  const unfinished = [{ ...sources[0]!, uploadId: begun!.uploadId }];
  await expect(ingest.planDatasetVersion({ sources: unfinished, recipe })).rejects.toMatchObject({
    code: 'FAILED_PRECONDITION',
  });
});
