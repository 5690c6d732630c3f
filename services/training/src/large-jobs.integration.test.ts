// Jobs whose results exceed the size of a message, or are not finite.
import { collectChunks } from '@athanor/client';
import type { TrainingJob, TrainingSpecInput } from '@athanor/contracts/training';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toFailure } from './runner/failure.js';
import { type Bench, clustersCsv, component, importCsv, specOf, startBench, watchJob } from './training.testkit.js';

let bench: Bench;

beforeAll(async () => {
  bench = await startBench();
  await importCsv(bench.ingest, 'clusters', clustersCsv(600, { columns: 12, classes: 3 }));
});
afterAll(() => bench.stop());

async function run(spec: TrainingSpecInput): Promise<TrainingJob> {
  const { job } = await bench.training.createTrainingJob({ modelName: 'm', spec });
  return await watchJob(bench.training, job!.jobId);
}

test('bug: a result with 2,300 classes exceeded the maximum message size, and its job was retried without end', async () => {
  const classes = 2_300;
  const rows = Array.from({ length: 3 * classes }, (_, row) => `${row % classes},${row},c${row % classes}`);
  await importCsv(bench.ingest, 'wide', Buffer.from(`a,b,y\n${rows.join('\n')}\n`));
  const job = await run(specOf({ datasetId: 'wide', epochs: 1, batchSize: 64 }));
  expect(job).toMatchObject({ state: 'STATE_SUCCEEDED', attempts: [{ epoch: 1 }] });
  const { evaluation } = job.result!;
  expect(evaluation).toMatchObject({ classes: [], confusionMatrix: [] });
  const file = await collectChunks(
    bench.training.readJobArtifact({ jobId: job.jobId, digest: evaluation!.detailsDigest }),
  );
  const details = JSON.parse(file.toString()) as { classes: { support: number }[]; confusion: number[][] };
  expect(details.classes).toHaveLength(classes);
  expect(details.classes.reduce((sum, { support }) => sum + support, 0)).toBe(evaluation!.rows);
  expect(details.confusion.reduce((sum, [, , count]) => sum + count!, 0)).toBe(evaluation!.rows);
}, 60_000);

test('bug: a job whose last step made its weights non-finite was SUCCEEDED and served NaN', async () => {
  const optimizer = component('sgd', { learningRate: 1e20 });
  const { datasetVersion } = await bench.ingest.getDatasetVersion({ datasetId: 'clusters', version: 1 });
  // A single step of all rows.
  const batchSize = datasetVersion!.splits.find(({ split }) => split === 'train')!.rows;
  const job = await run(specOf({ optimizer, epochs: 1, batchSize }));
  expect(job).toMatchObject({ state: 'STATE_FAILED', result: null, attempts: [{ state: 'STATE_ERRORED' }] });
  expect(job.error!.message).toMatch(/^training diverged.*not a finite number; lower the learning rate/);
});

test('a batch larger than the training split is refused when the job is created', async () => {
  await expect(run(specOf({ batchSize: 4_000 }))).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringMatching(/batch of at most the \d+ rows of the training split, received 4000/),
  });
});

test('training rows that are larger than the shuffle buffer are streamed, and the same job has the same result', async () => {
  // 14,000 training rows of 12 numbers of 8 bytes.
  await importCsv(bench.ingest, 'long', clustersCsv(20_000, { columns: 12, classes: 3 }));
  const spec = specOf({ datasetId: 'long', epochs: 2, batchSize: 64, slices: ['x0'] });
  const inMemory = await run(spec);
  const [first, second] = [await run({ ...spec, shuffleBufferMb: 1 }), await run({ ...spec, shuffleBufferMb: 1 })];
  for (const job of [inMemory, first])
    expect(job).toMatchObject({ state: 'STATE_SUCCEEDED', attempts: [{ epoch: 1 }] });
  expect(first.result!.files).toEqual(second.result!.files);
  // The rows of one shard are shuffled in another order.
  expect(first.result!.files).not.toEqual(inMemory.result!.files);
  expect(first.result!.evaluation!.metrics[0]!.value).toBeGreaterThan(0.95);
  await expect(run({ ...spec, shuffleBufferMb: -1 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
}, 60_000);

test('bug: absent metrics were shown as zero', async () => {
  await importCsv(bench.ingest, 'unvalidated', clustersCsv(60, { columns: 4, classes: 2 }), {
    targets: ['y'],
    split: { validationFraction: 0, testFraction: 0.2 },
  });
  const job = await run(specOf({ datasetId: 'unvalidated', epochs: 1 }));
  const [epoch] = (await bench.training.listTrainingEpochs({ jobId: job.jobId })).epochs;
  expect(epoch).toMatchObject({ epoch: 1, trainLoss: expect.any(Number) });
  expect(epoch).not.toHaveProperty('validationLoss');
  expect(epoch!.validationMetrics).toEqual([]);
  const [first] = (await bench.training.listTrainingJobs({ pageSize: 1 })).jobs;
  expect(first!.jobId).toBe(job.jobId);
});

test('bug: a list of jobs contained all metrics of every job', async () => {
  const job = await run(specOf({ epochs: 1 }));
  const [listed] = (await bench.training.listTrainingJobs({ pageSize: 1 })).jobs;
  expect(listed).toMatchObject({ jobId: job.jobId, state: 'STATE_SUCCEEDED' });
  expect(listed).toMatchObject({ result: null, transitions: [], attempts: [] });
});

test('the validation split is evaluated too, so that a gate can use it', async () => {
  const { evaluation, otherEvaluations } = (await run(specOf({ epochs: 1 }))).result!;
  expect([evaluation, ...otherEvaluations].map(each => each!.split)).toEqual(['test', 'validation']);
  expect(otherEvaluations[0]!.datasetDigest).toBe(evaluation!.datasetDigest);
});

test('a message over the size limit is refused with a reason that ends an attempt', async () => {
  const huge = { modelName: 'm', spec: specOf({ datasetId: 'x'.repeat(80 * 1024 * 1024) }) };
  const error = await bench.training.createTrainingJob(huge).catch(thrown => thrown);
  expect(error).toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
  expect(toFailure(error)).toMatchObject({ retryable: false });
});

test('a job that has ended can be deleted; its result can still be registered', async () => {
  const { job: open } = await bench.training.createTrainingJob({
    ...{ requestId: 'deleted-later', modelName: 'm', spec: specOf({ epochs: 2_000 }) },
  });
  const jobId = open!.jobId;
  await expect(bench.training.deleteTrainingJob({ jobId })).rejects.toMatchObject({ reason: 'JOB_NOT_ENDED' });
  await expect(bench.stranger.deleteTrainingJob({ jobId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await bench.training.cancelTrainingJob({ jobId });
  await watchJob(bench.training, jobId);
  await bench.training.deleteTrainingJob({ jobId });
  await expect(bench.training.deleteTrainingJob({ jobId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(bench.training.getTrainingJob({ jobId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect((await bench.training.listTrainingJobs({})).jobs.map(each => each.jobId)).not.toContain(jobId);
  // The key of a deleted job means a new one.
  const { job: again } = await bench.training.createTrainingJob({
    ...{ requestId: 'deleted-later', modelName: 'm', spec: specOf({ epochs: 1 }) },
  });
  expect(again!.jobId).not.toBe(jobId);
});
