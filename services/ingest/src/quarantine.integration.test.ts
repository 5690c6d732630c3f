// Quarantined rows over gRPC.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, makeVersion, startBench } from './ingest.testkit.js';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

test('quarantined rows are listed in pages, with file, row number, column, value and reason', async () => {
  const { ingest, stranger } = bench;
  const lines = Array.from({ length: 600 }, (_, row) => `${row % 40 === 5 ? `odd ${row}` : row % 97},${row % 3}\n`);
  const content = Buffer.from(`x,y\n${lines.join('')}`);
  const recipe = { targets: ['y'], reading: { onMisfit: 'ON_MISFIT_QUARANTINE' as const } };
  await makeVersion(ingest, 'odd', { sources: [{ content, filename: 'odd.csv' }], recipe });
  const first = await ingest.listQuarantinedRows({ datasetId: 'odd', pageSize: 10 });
  expect(first.rows.map(({ rowNumber }) => rowNumber)).toEqual([6, 46, 86, 126, 166, 206, 246, 286, 326, 366]);
  expect(first.rows[1]).toMatchObject({
    ...{ rowId: 'train/45', filename: 'odd.csv', values: { y: '0' } },
  });
  const detail = "expected numbers in 'x', got 'odd 45'";
  expect(first.rows[1]?.reasons[0]).toMatchObject({ check: 'misfit', column: 'x', value: 'odd 45', detail });
  const second = await ingest.listQuarantinedRows({ datasetId: 'odd', pageSize: 10, pageToken: first.nextPageToken });
  expect(second.rows.map(({ rowNumber }) => rowNumber)).toEqual([406, 446, 486, 526, 566]);
  expect(second.nextPageToken).toBe('');
  await expect(stranger.listQuarantinedRows({ datasetId: 'odd' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a version without quarantined rows has an empty list', async () => {
  const lines = Array.from({ length: 100 }, (_, row) => `${row % 41},${row % 3}\n`);
  const sources = [{ content: Buffer.from(`x,y\n${lines.join('')}`) }];
  await makeVersion(bench.ingest, 'clean', { sources, recipe: { targets: ['y'] } });
  expect(await bench.ingest.listQuarantinedRows({ datasetId: 'clean' })).toMatchObject({ rows: [], nextPageToken: '' });
});
