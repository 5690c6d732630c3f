// Whole jobs: a real runner process, rows from the real ingest service.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { collectChunks } from '@athanor/client';
import type { TrainingJob, TrainingSpecInput } from '@athanor/contracts/training';
import { identifyProcess } from '@athanor/process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadTrainingConfig } from './config.js';
import { MIGRATIONS } from './store/migrations.js';
import type { TrainingTables } from './store/tables.js';
import { type Bench, clustersCsv, component, importCsv, specOf, startBench, watchJob } from './training.testkit.js';

let bench: Bench;

beforeAll(async () => {
  bench = await startBench();
  await importCsv(bench.ingest, 'clusters', clustersCsv(600, { columns: 12, classes: 3 }));
  await importCsv(bench.ingest, 'many', clustersCsv(4_000, { columns: 32, classes: 4 }));
  await importCsv(bench.ingest, 'unlabelled', Buffer.from('a,b\n1,2\n3,4\n5,6\n'), {});
});
afterAll(() => bench.stop());

async function begin(spec: TrainingSpecInput, modelName = 'm'): Promise<string> {
  const { job } = await bench.training.createTrainingJob({ modelName, spec });
  return job!.jobId;
}

const states = ({ transitions }: TrainingJob) =>
  transitions.filter(({ reason }) => reason !== 'Phase').map(({ state }) => state.replace('STATE_', ''));
const epochsOf = async ({ jobId }: TrainingJob) => (await bench.training.listTrainingEpochs({ jobId })).epochs;
/** An epoch without what was measured by a clock. */
const withoutTimes = (epoch: object) =>
  Object.fromEntries(
    Object.entries(epoch).filter(([name]) => !['seconds', 'rowsPerSecond', '_rowsPerSecond'].includes(name)),
  );

const filesOf = async (job: TrainingJob) => ({
  files: job.result!.files,
  predictions: job.result!.evaluation!.predictionsDigest,
  details: job.result!.evaluation!.detailsDigest,
  epochs: (await epochsOf(job)).map(withoutTimes),
});

describe('a job', () => {
  test('succeeds: states, phases, epochs, evaluation and readable files', async () => {
    const seen: number[] = [];
    const jobId = await begin(specOf());
    const job = await watchJob(
      bench.training,
      jobId,
      (_, epochs) => void seen.push(...epochs.map(({ epoch }) => epoch)),
    );
    expect(states(job)).toEqual(['QUEUED', 'PENDING', 'RUNNING', 'SUCCEEDED']);
    const phases = job.transitions.map(({ phase }) => phase).filter(Boolean);
    expect([...new Set(phases)]).toEqual(['RESOLVING_DATA', 'COMPILING_GRAPH', 'TRAINING', 'EVALUATING', 'EXPORTING']);
    expect(seen).toEqual([1, 2, 3]);
    expect(job.attempts).toMatchObject([{ epoch: 1, state: 'STATE_FINISHED', resumedFromStep: 0 }]);
    expect(job.spec).toMatchObject({
      datasetVersion: 1,
      datasetDigest: expect.stringMatching(/^sha256:/),
      cpuThreads: 1,
    });
    const { evaluation, files, signature } = job.result!;
    expect(evaluation).toMatchObject({ split: 'test', datasetDigest: job.spec!.datasetDigest, batchSize: 32 });
    expect(evaluation!.metrics.find(({ name }) => name === 'accuracy')!.value).toBeGreaterThan(0.9);
    expect(evaluation!.confusionMatrix.reduce((sum, count) => sum + count, 0)).toBe(evaluation!.rows);
    expect(signature!.classes).toEqual(['class-0', 'class-1', 'class-2']);
    for (const { digest, byteSize } of files) {
      expect(await collectChunks(bench.training.readJobArtifact({ jobId, digest }))).toHaveLength(byteSize);
    }
    const foreign = collectChunks(bench.stranger.readJobArtifact({ jobId, digest: files[0]!.digest }));
    await expect(foreign).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('with a non-finite loss is FAILED after one attempt, with the step and a remedy', async () => {
    const optimizer = component('sgd', { learningRate: 1e30 });
    const job = await watchJob(bench.training, await begin(specOf({ optimizer })));
    expect(job).toMatchObject({ state: 'STATE_FAILED', error: { code: 9 } });
    expect(job.error!.message).toMatch(
      /^training diverged in epoch 1 at step \d+: the loss is not a finite number, .*; lower the learning rate \(1e\+30 now; try 1e\+29\)/,
    );
    expect(job.attempts).toMatchObject([{ state: 'STATE_ERRORED' }]);
    expect(job.transitions.at(-1)).toMatchObject({ reason: 'TrainingDiverged' });
  });

  test('that is cancelled while it runs writes a checkpoint and ends', async () => {
    const jobId = await begin(specOf({ datasetId: 'many', epochs: 2_000 }));
    let asked = false;
    const job = await watchJob(bench.training, jobId, async ({ phase }) => {
      if (phase !== 'TRAINING' || asked) return;
      asked = true;
      await bench.training.cancelTrainingJob({ jobId });
    });
    expect(states(job).slice(-3)).toEqual(['RUNNING', 'CANCELLING', 'CANCELLED']);
    expect(job.progress!.checkpointStep).toBe(job.progress!.step);
    const measured = {
      learningRate: expect.any(Number),
      rowsPerSecond: expect.any(Number),
      peakMemoryBytes: expect.any(Number),
    };
    expect(job.progress).toMatchObject(measured);
    expect(job.progress).not.toHaveProperty('gradientNorm');
    expect(job.attempts).toMatchObject([{ state: 'STATE_FINISHED' }]);
    expect((await bench.training.cancelTrainingJob({ jobId })).job!.state).toBe('STATE_CANCELLED');
  });
});

test('a job whose dataset was deleted while it waited is FAILED with that reason', async () => {
  await importCsv(bench.ingest, 'doomed', clustersCsv(60, { columns: 2, classes: 2 }));
  const before = await begin(specOf({ datasetId: 'many', epochs: 2_000 }));
  const jobId = await begin(specOf({ datasetId: 'doomed' }));
  await bench.ingest.deleteDataset({ datasetId: 'doomed' });
  await bench.training.cancelTrainingJob({ jobId: before });
  const job = await watchJob(bench.training, jobId);
  expect(job).toMatchObject({ state: 'STATE_FAILED', attempts: [{ state: 'STATE_ERRORED' }] });
  expect(job.error).toMatchObject({
    code: 5,
    message: expect.stringMatching(/^version 1 of dataset 'doomed' was deleted/),
  });
  expect(job.transitions.at(-1)).toMatchObject({ reason: 'DatasetDeleted' });
});

describe('kill -9 of the runner', () => {
  const spec = specOf({
    datasetId: 'many',
    epochs: 60,
    batchSize: 8,
    checkpointEverySteps: 1_000,
    model: component('mlp', { hidden: [64] }),
  });
  let whole: TrainingJob;
  /** Steps that a later attempt reported. */
  let killed: { job: TrainingJob; later: number[] };

  /** Runs a job and kills its first attempt after two checkpoints. */
  async function runAndKill(afterKill: (jobId: string) => Promise<void> = async () => undefined) {
    const jobId = await begin(spec);
    const later: number[] = [];
    let kills = 0;
    const job = await watchJob(bench.training, jobId, async ({ attempts, progress }) => {
      if (attempts.length > 1 && attempts.at(-1)!.state === 'STATE_RUNNING') later.push(progress!.step);
      if (kills > 0 || progress!.checkpointStep < 2_000) return;
      kills++;
      const pid = Number(attempts[0]!.executorRef.split('/')[1]);
      process.kill(pid, 'SIGKILL');
      await afterKill(jobId);
    });
    expect(kills).toBe(1);
    return { job, later };
  }

  beforeAll(async () => {
    whole = await watchJob(bench.training, await begin(spec));
    killed = await runAndKill();
  });

  test('loses nothing: the next attempt resumes from the last checkpoint', () => {
    expect(killed.job.state).toBe('STATE_SUCCEEDED');
    expect(killed.job.attempts).toMatchObject([
      { epoch: 1, state: 'STATE_ABORTED', message: expect.stringMatching(/signal SIGKILL/) },
      { epoch: 2, state: 'STATE_FINISHED' },
    ]);
    expect(killed.job.attempts[1]!.resumedFromStep).toBeGreaterThanOrEqual(2_000);
    expect(states(killed.job)).toEqual(['QUEUED', 'PENDING', 'RUNNING', 'QUEUED', 'PENDING', 'RUNNING', 'SUCCEEDED']);
  });

  test('repeats no step before the checkpoint, and no epoch', async () => {
    const { resumedFromStep } = killed.job.attempts[1]!;
    const trained = killed.later.filter(step => step !== killed.later[0]);
    expect(Math.min(...trained)).toBeGreaterThan(resumedFromStep);
    const { epochs, nextPageToken } = await bench.training.listTrainingEpochs({
      jobId: killed.job.jobId,
      pageSize: 50,
    });
    const rest = await bench.training.listTrainingEpochs({ jobId: killed.job.jobId, pageToken: nextPageToken });
    expect([...epochs, ...rest.epochs].map(({ epoch }) => epoch)).toEqual(
      Array.from({ length: 60 }, (_, index) => index + 1),
    );
  });

  test('does not change the result', async () => {
    expect(await filesOf(killed.job)).toEqual(await filesOf(whole));
  });

  test('starts over if the checkpoints are deleted, which this test would notice', async () => {
    const db = await bench.engine.open<TrainingTables>({ schema: 'training', migrations: MIGRATIONS });
    const { job } = await runAndKill(async jobId => {
      await db.deleteFrom('checkpoints').where('job_id', '=', jobId).execute();
    });
    expect(job.attempts[1]!.resumedFromStep).toBe(0);
    expect(job.result!.files).toEqual(whole.result!.files);
  });
});

describe('a request', () => {
  test('with invalid numbers lists them all', async () => {
    const numbers = { epochs: -1, batchSize: -1, accumulateSteps: -1, seed: -1, cpuThreads: 100_000 };
    const wrong = { datasetId: '', ...numbers, checkpointEverySteps: -1 };
    const numberFields = ['epochs', 'batch_size', 'accumulate_steps', 'seed', 'cpu_threads'];
    const fields = ['dataset_id', ...numberFields, 'checkpoint_every_steps'];
    await expect(begin(specOf({ ...wrong, earlyStopping: { patience: -1 } }))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: [...fields, 'early_stopping.patience'].map(field => ({ field: `spec.${field}` })),
    });
  });

  test('with invalid components lists them all', async () => {
    const spec = specOf({
      task: component('multi-class'),
      model: component('mlp', { hidden: [0], width: 3 }),
      optimizer: component('adam', { learningRate: -1, weightDecay: 'much' }),
      transforms: [{ columns: ['x0', 'nothing'], transform: component('standard') }],
    });
    const error = await begin(spec).catch(thrown => thrown);
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
    const found = (error.violations as { field: string; description: string }[]).map(each => each.field);
    expect(found.sort()).toEqual([
      'spec.model.parameters.hidden.0',
      'spec.model.parameters.width',
      'spec.optimizer.parameters.learningRate',
      'spec.optimizer.parameters.weightDecay',
      'spec.task.kind',
      'spec.transforms[0]',
    ]);
    expect(error.message).toContain("got 'multi-class'; did you mean 'multiclass'?");
  });

  test('that leaves things open gets what fits the columns, and nothing is created to see it', async () => {
    const { spec } = await bench.training.resolveTrainingJob({ spec: { datasetId: 'clusters' } });
    expect(spec).toMatchObject({
      ...{ datasetVersion: 1, targets: ['y'], task: { kind: 'multiclass', version: 1 }, model: { kind: 'auto' } },
      optimizer: { kind: 'adam' },
    });
    expect(spec!.inputs).toEqual(spec!.transforms.flatMap(({ columns }) => columns));
    expect(spec!.epochs).toBeGreaterThan(1);
    expect(spec!.earlyStopping!.patience).toBeGreaterThan(0);
    const { kinds } = await bench.training.listComponents({ family: 'task' });
    expect(kinds.map(({ kind }) => kind)).toEqual(['regression', 'binary', 'multiclass', 'multilabel']);
  });

  test('for an unknown dataset, one of another tenant, or one without labels is refused with a remedy', async () => {
    await expect(begin(specOf({ datasetId: 'none' }))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringMatching(/dataset 'none' is not found; .*athanor dataset list/),
    });
    await expect(begin(specOf({ datasetVersion: 9 }))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringMatching(/clusters v9/),
    });
    const stolen = bench.stranger.createTrainingJob({ modelName: 'm', spec: specOf() });
    await expect(stolen).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(begin(specOf({ datasetId: 'unlabelled' }))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/unlabelled v1 has no target; name a column to predict: /),
    });
    await expect(begin(specOf(), 'Not A Name')).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: [{ field: 'model_name' }],
    });
    await expect(bench.training.getTrainingJob({ jobId: 'job-none' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('with the same request_id creates one job, also concurrently; with different content it is refused', async () => {
    const request = { requestId: 'r-1', modelName: 'm', spec: specOf({ epochs: 1 }) };
    const answers = await Promise.all(Array.from({ length: 6 }, () => bench.training.createTrainingJob(request)));
    expect(new Set(answers.map(({ job }) => job!.jobId)).size).toBe(1);
    const other = bench.training.createTrainingJob({ ...request, modelName: 'other' });
    await expect(other).rejects.toMatchObject({ code: 'ALREADY_EXISTS', reason: 'REQUEST_ID_REUSED' });
    await watchJob(bench.training, answers[0]!.job!.jobId);
  });

  test("sees the tenant's own jobs, newest first", async () => {
    expect((await bench.stranger.listTrainingJobs({})).jobs).toEqual([]);
    const first = await bench.training.listTrainingJobs({ pageSize: 2 });
    const second = await bench.training.listTrainingJobs({ pageSize: 2, pageToken: first.nextPageToken });
    const ids = [...first.jobs, ...second.jobs].map(({ jobId }) => jobId);
    expect(new Set(ids).size).toBe(4);
    expect(ids).toEqual([...ids].sort().reverse());
  });
});

test('a job that does not set a number of threads gets one, on every machine', () => {
  expect(loadTrainingConfig(bench.environment).CPU_THREADS).toBe(1);
});

describe('a runner', () => {
  const RUNNER = fileURLToPath(new URL('../dist/runner/main.js', import.meta.url));
  const spawnRunner = (): ChildProcess =>
    spawn(process.execPath, [RUNNER], { stdio: ['pipe', 'ignore', 'ignore'], env: {} });

  test("exits when its parent's pipe closes before the work order arrives", async () => {
    const child = spawnRunner();
    child.stdin!.end();
    expect((await once(child, 'exit'))[0]).toBe(4);
  });

  test("exits when its parent's pipe closes during its work", async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const child = spawnRunner();
    child.stdin!.write(`${JSON.stringify({ address: `127.0.0.1:${port}`, attemptId: 'a', token: 't' })}\n`);
    await sleep(1_000);
    expect(identifyProcess(child.pid!)).toBeDefined();
    const exited = once(child, 'exit');
    child.stdin!.end();
    expect((await exited)[0]).toBe(4);
    silent.close();
  });
});
