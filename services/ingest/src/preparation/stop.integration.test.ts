import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, startBench, upload, watchToEnd } from '../ingest.testkit.js';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

test('bug: a stopping service waited for the preparation of a version', async () => {
  const row = (number: number) =>
    `${Array.from({ length: 20 }, (_, index) => (number + index) / 7).join(',')},${number % 2}\n`;
  const header = `${Array.from({ length: 20 }, (_, index) => `x${index}`).join(',')},y\n`;
  const uploadId = await upload(
    bench.ingest,
    Buffer.from(header + Array.from({ length: 80_000 }, (_, number) => row(number)).join('')),
  );
  await bench.ingest.createDataset({ datasetId: 'large' });
  const sources = [{ uploadId, role: 'ROLE_FEATURES', partition: 'train' } as const];
  const recipe = { format: 'FORMAT_CSV' as const, targets: ['y'] };
  const { datasetVersion } = await bench.ingest.createDatasetVersion({ datasetId: 'large', sources, recipe });
  const read = async () => await bench.ingest.getDatasetVersion({ datasetId: 'large', version: 1 });
  await expect
    .poll(async () => (await read()).datasetVersion?.preparation?.phase, { interval: 10 })
    .not.toMatch(/WAITING|QUEUED/);
  await bench.restart();
  // If the service had waited for the thread, it would be READY.
  expect((await read()).datasetVersion?.state).toBe('STATE_PREPARING');
  expect((await watchToEnd(bench.ingest, 'large', datasetVersion!.version)).state).toBe('STATE_READY');
});
