// A job that evaluates a version on other data gives the version figures, on which gates can be set.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, importDataset, startBench, trainModel } from './registry.testkit.js';

let bench: Bench;

beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

async function evaluate(evaluatedJobId: string, datasetId: string, slices: string[] = []): Promise<string> {
  const { training } = bench.client;
  const { job } = await training.createTrainingJob({
    modelName: 'm',
    spec: { datasetId, evaluated: { jobId: evaluatedJobId }, slices },
  });
  let last = job;
  for await (const update of training.watchTrainingJob({ jobId: job!.jobId })) last = update.job;
  expect(last).toMatchObject({ state: 'STATE_SUCCEEDED' });
  return last!.spec!.datasetDigest;
}

test('figures on another dataset are added once, readable, and can be required by a gate', async () => {
  const { registry, training, events } = bench.client;
  await importDataset(bench.client, 'rows');
  await importDataset(bench.client, 'more');
  const jobId = await trainModel(bench.client, { modelName: 'm', datasetId: 'rows', seed: 1 });
  const read = async () => (await registry.getModelVersion({ jobId })).modelVersion!;
  await expect
    .poll(() =>
      read()
        .then(({ version }) => version)
        .catch(() => 0),
    )
    .toBe(1);
  const before = await read();
  const { job } = await training.getTrainingJob({ jobId });
  const { datasetDigest } = job!.spec!;
  // The rows are equal, the versions are not: a digest is that of the content.
  const other = await evaluate(jobId, 'more', ['b']);
  const splits = async () => (await read()).evaluations.map(each => `${each.datasetDigest} ${each.split}`);
  await expect.poll(splits).toContain(`${other} train`);
  await evaluate(jobId, 'more');
  const after = await read();
  expect(after.digest).toBe(before.digest);
  expect(after.evaluations.slice(0, before.evaluations.length)).toEqual(before.evaluations);
  expect(new Set(await splits()).size).toBe((await splits()).length);
  const added = after.evaluations.find(({ split }) => split === 'train')!;
  // The second evaluation had none, and does not remove them.
  expect(added.slicesDigest).not.toBe('');
  const chunks = registry.readModelFile({ versionDigest: after.digest, fileDigest: added.predictionsDigest });
  for await (const { chunk } of chunks) expect(chunk.length).toBeGreaterThan(0);
  const gate = { alias: 'champion', metric: 'accuracy', split: 'train', threshold: 0.01, datasetDigest: other };
  await registry.setGate({ modelName: 'm', gate });
  await registry.moveAlias({ modelName: 'm', alias: 'champion', version: 1 });
  expect(datasetDigest).not.toBe('');
  expect((await registry.listModels({})).models).toMatchObject([{ latestVersion: 1 }]);
  expect((await events.listDeadLetters({})).deadLetters).toEqual([]);
}, 60_000);

test('figures of a version that is deleted meanwhile are left with their job', async () => {
  const { registry, events } = bench.client;
  await importDataset(bench.client, 'brief');
  const jobId = await trainModel(bench.client, { modelName: 'gone', datasetId: 'brief', seed: 2 });
  await expect
    .poll(() =>
      registry.getModelVersion({ jobId }).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
  await registry.deleteModel({ name: 'gone' });
  await evaluate(jobId, 'brief');
  const next = await trainModel(bench.client, { modelName: 'after', datasetId: 'brief', seed: 3 });
  await expect
    .poll(() =>
      registry.getModelVersion({ jobId: next }).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
  expect((await registry.listModels({})).models.map(({ name }) => name)).not.toContain('gone');
  expect((await events.listDeadLetters({})).deadLetters).toEqual([]);
}, 60_000);
