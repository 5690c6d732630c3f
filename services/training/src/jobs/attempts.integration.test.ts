// The protocol of attempts and the dispatcher. The test acts as the attempt: what a runner may and may not do.

import { createBlobStore } from '@athanor/blobs';
import { createStub, type Stub } from '@athanor/client';
import { type DatabaseEngine, openDatabase } from '@athanor/database';
import {
  createTelemetry,
  createTokenAuthority,
  type RunningService,
  startService,
  type TokenAuthority,
} from '@athanor/service';
import { createTestCredentials, testEnvironment } from '@athanor/service/testing';
import { startPostgres, type TemporaryDirectory, temporaryDirectory } from '@athanor/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadTrainingConfig } from '../config.js';
import { Recorder } from '../executors/executor.testkit.js';
import { attemptService } from '../rpc/attempt-service.js';
import { changeJob, type Db, insertJob, listAttempts, listTransitions, lockJob } from '../store/jobs.js';
import { MIGRATIONS } from '../store/migrations.js';
import type { TrainingTables } from '../store/tables.js';
import { specOf } from '../training.testkit.js';
import { Dispatcher } from './dispatcher.js';

const { log } = createTelemetry({ service: 'training', logLevel: 'silent' });
// Most tests send no heartbeats: an overloaded machine must not end their attempts.
const LEASE_MS = 60_000;
const SHORT_LEASE_MS = 1_000;

function createDispatcher(
  db: Db,
  options: { tokens: TokenAuthority; recorder: Recorder; leaseMs?: number },
): Dispatcher {
  const { tokens, recorder, leaseMs = LEASE_MS } = options;
  return new Dispatcher({
    ...{ db, tokens, log, leaseMs, maxAttempts: 3 },
    createExecutor: onEnd => {
      recorder.onEnd = onEnd;
      return recorder;
    },
  });
}

async function queueJob(db: Db, jobId: string): Promise<void> {
  const spec = { ...specOf(), datasetVersion: 1, datasetDigest: 'sha256:d', cpuThreads: 1 } as never;
  const job = { jobId, tenant: 'acme', modelName: 'm', spec, requestId: '', fingerprint: '' };
  await db.transaction().execute(trx => insertJob(trx, job));
}

const jobOf = (db: Db, jobId: string) =>
  db.selectFrom('jobs').selectAll().where('job_id', '=', jobId).executeTakeFirstOrThrow();

describe('an attempt', () => {
  let folder: TemporaryDirectory;
  let engine: DatabaseEngine;
  let db: Db;
  let service: RunningService;
  let tokens: TokenAuthority;
  let recorder: Recorder;
  let dispatcher: Dispatcher;
  const stubs: { close(): void }[] = [];

  let schemas = 0;

  beforeAll(async () => {
    engine = await openDatabase('pglite:');
  });
  afterAll(() => engine.close());

  function useService(leaseMs: number): void {
    beforeEach(async () => {
      folder = await temporaryDirectory('attempts');
      const credentials = await createTestCredentials(folder.path);
      tokens = credentials.tokens;
      const nats = { url: 'nats://unused', user: 'u', password: 'p' };
      const config = loadTrainingConfig(testEnvironment({ credentials, nats, folder: folder.path }));
      db = await engine.open<TrainingTables>({ schema: `training_${++schemas}`, migrations: MIGRATIONS });
      const blobs = await createBlobStore(config.BLOB_URL);
      const unreachable = { address: '127.0.0.1:1', credential: 'none' };
      const ingest = createStub('ingest', unreachable);
      const attempts = attemptService({
        db,
        blobs,
        ingest,
        registry: createStub('registry', unreachable),
        leaseMs,
        maxAttempts: 3,
        onEnded: () => dispatcher.wake(),
      });
      const telemetry = createTelemetry({ service: 'training', logLevel: 'silent' });
      service = await startService({ name: 'training', config, telemetry, services: { attempts } });
      recorder = new Recorder(1);
      dispatcher = createDispatcher(db, { tokens, recorder, leaseMs });
      stubs.push(ingest);
    });

    afterEach(async () => {
      await dispatcher.stop();
      for (const stub of stubs.splice(0)) stub.close();
      await service.stop();
      await folder.remove();
    });
  }

  function stubOf(token: string): Stub<'attempts'> {
    const stub = createStub('attempts', { address: `127.0.0.1:${service.port}`, credential: token });
    stubs.push(stub);
    return stub;
  }

  /** The n-th attempt that the dispatcher started. */
  async function attempt(index: number) {
    await expect.poll(() => recorder.started.length).toBeGreaterThan(index);
    const { attemptId, token } = recorder.started[index]!;
    return { attemptId, stub: stubOf(token) };
  }

  /** Every RPC of AttemptService, called with a fencing token (epoch). */
  function everyCall(stub: Stub<'attempts'>, attemptId: string, epoch: number): Record<string, () => Promise<unknown>> {
    const id = { attemptId, epoch };
    const chunks = async function* () {
      yield { ...id };
      yield { chunk: Buffer.from('x') };
    };
    const drain = async () => {
      for await (const _ of stub.readBlob({ ...id, digest: '' }));
    };
    return {
      heartbeat: () => stub.heartbeat({ ...id, phase: 'TRAINING', progress: { step: 99 } }),
      reportEpoch: () => stub.reportEpoch({ ...id, metrics: { epoch: 1 } }),
      readBlob: drain,
      writeBlob: () => stub.writeBlob(chunks()),
      commitCheckpoint: () => stub.commitCheckpoint({ ...id, step: 1, digest: 'sha256:d' }),
      completeAttempt: () => stub.completeAttempt({ ...id, result: {} }),
      failAttempt: () => stub.failAttempt({ ...id, code: 13, reason: 'X', message: 'x', retryable: false }),
    };
  }

  describe('with a long lease', () => {
    useService(LEASE_MS);

    test('claims and checkpoints; the next attempt resumes from the newest readable checkpoint', async () => {
      await queueJob(db, 'job-1');
      await dispatcher.start();
      const { attemptId, stub } = await attempt(0);
      const claim = await stub.claimAttempt({ attemptId });
      expect(claim).toMatchObject({
        jobId: 'job-1',
        epoch: 1,
        checkpointDigest: '',
        checkpointStep: 0,
        leaseMs: LEASE_MS,
      });
      const write = async (text: string) => {
        const messages = async function* () {
          yield { attemptId, epoch: 1 };
          yield { chunk: Buffer.from(text) };
        };
        return (await stub.writeBlob(messages())).digest;
      };
      for (const step of [10, 20])
        await stub.commitCheckpoint({ attemptId, epoch: 1, step, digest: await write(`at ${step}`) });
      // The newest is missing from the store.
      await db
        .updateTable('checkpoints')
        .set({ digest: `sha256:${'0'.repeat(64)}` })
        .where('step', '=', 20)
        .execute();
      await stub.failAttempt({ attemptId, epoch: 1, code: 13, reason: 'Broken', message: 'broken', retryable: true });
      const next = await attempt(1);
      const again = await next.stub.claimAttempt({ attemptId: next.attemptId });
      expect(again).toMatchObject({ epoch: 2, checkpointStep: 10 });
      const read = [];
      for await (const { chunk } of next.stub.readBlob({
        attemptId: next.attemptId,
        epoch: 2,
        digest: again.checkpointDigest,
      }))
        read.push(chunk);
      expect(Buffer.concat(read).toString()).toBe('at 10');
    });

    test('commits only blobs that it has written', async () => {
      await queueJob(db, 'job-1');
      await dispatcher.start();
      const { attemptId, stub } = await attempt(0);
      await stub.claimAttempt({ attemptId });
      const digest = `sha256:${'1'.repeat(64)}`;
      await expect(stub.commitCheckpoint({ attemptId, epoch: 1, step: 1, digest })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
      const result = { files: [{ name: 'model.onnx', digest, byteSize: 1 }] };
      await expect(stub.completeAttempt({ attemptId, epoch: 1, result })).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(stub.reportEpoch({ attemptId, epoch: 1 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    });

    test('has a token for its own calls only', async () => {
      await queueJob(db, 'job-1');
      await dispatcher.start();
      const { attemptId } = await attempt(0);
      const stranger = stubOf(await tokens.attemptToken('attempt-other', 'acme'));
      const calls = { ...everyCall(stranger, attemptId, 1), claimAttempt: () => stranger.claimAttempt({ attemptId }) };
      for (const [name, call] of Object.entries(calls)) {
        await expect(call(), name).rejects.toMatchObject({ code: 'PERMISSION_DENIED', reason: 'WRONG_ATTEMPT' });
      }
      // Bug: the error listed the missing fields before the caller was authorized.
      for (const call of [() => stranger.reportEpoch({ attemptId }), () => stranger.completeAttempt({ attemptId })])
        await expect(call()).rejects.toMatchObject({ code: 'PERMISSION_DENIED', reason: 'WRONG_ATTEMPT' });
      const forged = stubOf(
        await createTokenAuthority(new TextEncoder().encode('z'.repeat(40))).attemptToken(attemptId, 'acme'),
      );
      await expect(forged.claimAttempt({ attemptId })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    });

    test('of a cancelled job is asked to stop, and the job ends with it', async () => {
      await queueJob(db, 'job-1');
      await dispatcher.start();
      const { attemptId, stub } = await attempt(0);
      await db.transaction().execute(async trx => {
        await changeJob(trx, await lockJob(trx, 'job-1'), {
          state: 'STATE_CANCELLING',
          reason: 'CancelRequested',
          message: '',
        });
      });
      // Cancelled before it was claimed: the claim still succeeds.
      await stub.claimAttempt({ attemptId });
      expect(await stub.heartbeat({ attemptId, epoch: 1, phase: '' })).toEqual({ desiredState: 'DESIRED_STATE_STOP' });
      recorder.onEnd({ attemptId, reason: 'ProcessEnded', message: 'signal SIGKILL' });
      await expect.poll(async () => (await jobOf(db, 'job-1')).state).toBe('STATE_CANCELLED');
    });

    test('is lost repeatedly until the job fails with the reason', async () => {
      await queueJob(db, 'job-1');
      await dispatcher.start();
      for (let index = 0; index < 3; index++)
        recorder.onEnd({
          attemptId: (await attempt(index)).attemptId,
          reason: 'ProcessEnded',
          message: `exit code ${index}`,
        });
      await expect.poll(async () => (await jobOf(db, 'job-1')).state).toBe('STATE_FAILED');
      expect((await jobOf(db, 'job-1')).error).toEqual({
        code: 14,
        message: 'exit code 2',
      });
      expect((await listAttempts(db, 'job-1')).map(({ epoch, state }) => [epoch, state])).toEqual(
        [1, 2, 3].map(epoch => [epoch, 'STATE_ABORTED']),
      );
      const events = await db.selectFrom('outbox').select('type').orderBy('sequence').execute();
      expect(events.map(({ type }) => type)).toEqual(['training.job.queued', 'training.job.ended']);
    });

    test('bug: a job lost all its attempts within seconds while a dependency was unavailable', async () => {
      await queueJob(db, 'job-1');
      await dispatcher.start();
      const begun = performance.now();
      recorder.onEnd({ attemptId: (await attempt(0)).attemptId, reason: 'ProcessEnded', message: 'exit code 1' });
      recorder.onEnd({ attemptId: (await attempt(1)).attemptId, reason: 'ProcessEnded', message: 'exit code 1' });
      await attempt(2);
      expect(performance.now() - begun).toBeGreaterThan(1_500);
    });

    test('of an earlier process of the service is given up at start-up, and its job is queued again', async () => {
      await queueJob(db, 'job-1');
      await dispatcher.start();
      const { attemptId, stub } = await attempt(0);
      await stub.claimAttempt({ attemptId });
      await dispatcher.stop();
      recorder = new Recorder(1, { place: recorder.place });
      dispatcher = createDispatcher(db, { tokens, recorder });
      await dispatcher.start();
      await attempt(0);
      expect((await listTransitions(db, 'job-1')).map(({ reason }) => reason)).toContain('ServiceRestarted');
      await expect(stub.heartbeat({ attemptId, epoch: 1, phase: '' })).rejects.toMatchObject({ code: 'ABORTED' });
    });

    test('bug: an attempt of another replica was given up when this replica started', async () => {
      await queueJob(db, 'job-1');
      await dispatcher.start();
      const { attemptId, stub } = await attempt(0);
      const { epoch } = await stub.claimAttempt({ attemptId });
      const other = new Recorder(1);
      const otherDispatcher = createDispatcher(db, { tokens, recorder: other });
      await otherDispatcher.start();
      await otherDispatcher.stop();
      await expect(stub.heartbeat({ attemptId, epoch, phase: 'TRAINING' })).resolves.toBeDefined();
      expect(other.started).toEqual([]);
    });

    test('bug: a job that progressed with every attempt failed after the maximum number of attempts', async () => {
      await queueJob(db, 'job-1');
      await dispatcher.start();
      // Three consecutive attempts may be lost; each of these five commits a new checkpoint first.
      for (let index = 0; index < 5; index++) {
        const { attemptId, stub } = await attempt(index);
        const { epoch } = await stub.claimAttempt({ attemptId });
        const messages = async function* () {
          yield { attemptId, epoch, chunk: Buffer.from(`checkpoint ${index}`) };
        };
        const { digest } = await stub.writeBlob(messages());
        await stub.commitCheckpoint({ attemptId, epoch, step: index + 1, digest });
        recorder.onEnd({ attemptId, reason: 'ProcessEnded', message: 'signal SIGKILL' });
      }
      await attempt(5);
      expect((await jobOf(db, 'job-1')).state).not.toBe('STATE_FAILED');
    });

    test('bug: a checkpoint of a step that had been reached before reset the retry budget, so retries never ended', async () => {
      await queueJob(db, 'job-1');
      await dispatcher.start();
      // Three consecutive attempts may be lost; each commits the job's last step again before it is lost.
      for (let index = 0; index < 3; index++) {
        const { attemptId, stub } = await attempt(index);
        const { epoch } = await stub.claimAttempt({ attemptId });
        const messages = async function* () {
          yield { attemptId, epoch, chunk: Buffer.from(`checkpoint ${index}`) };
        };
        const { digest } = await stub.writeBlob(messages());
        await stub.commitCheckpoint({ attemptId, epoch, step: 100, digest });
        recorder.onEnd({ attemptId, reason: 'ProcessEnded', message: 'signal SIGKILL' });
      }
      // The first attempt counts too: it reached the step.
      await expect.poll(async () => (await jobOf(db, 'job-1')).state).toBe('STATE_FAILED');
      expect(await listAttempts(db, 'job-1')).toHaveLength(3);
    });

    test('with a permanent failure ends the job and frees its slot', async () => {
      await queueJob(db, 'job-1');
      await queueJob(db, 'job-2');
      await dispatcher.start();
      const { attemptId, stub } = await attempt(0);
      await stub.claimAttempt({ attemptId });
      expect(recorder.started).toHaveLength(1);
      await stub.failAttempt({
        attemptId,
        epoch: 1,
        code: 9,
        reason: 'TrainingDiverged',
        message: 'nan',
        retryable: false,
      });
      expect((await jobOf(db, 'job-1')).error).toEqual({ code: 9, message: 'nan' });
      await attempt(1);
      expect(recorder.started[1]!.jobId).toBe('job-2');
    });

    test('that its executor reports as gone is followed by another one, and the job records the reason', async () => {
      await queueJob(db, 'job-1');
      await dispatcher.start();
      const { attemptId, stub } = await attempt(0);
      await stub.claimAttempt({ attemptId });
      recorder.findings = { ended: [{ attemptId, reason: 'OOMKilled', message: 'too much memory' }] };
      await attempt(1);
      const transitions = await listTransitions(db, 'job-1');
      expect(transitions.map(({ reason, message }) => [reason, message])).toContainEqual([
        'OOMKilled',
        'too much memory',
      ]);
    });

    test('bug: when ingest was unavailable it received INTERNAL instead of a retryable error', async () => {
      await queueJob(db, 'job-1');
      await dispatcher.start();
      const { attemptId, stub } = await attempt(0);
      await stub.claimAttempt({ attemptId });
      await expect(everyCall(stub, attemptId, 1).readBlob!()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    });
  });

  describe('with a short lease', () => {
    useService(SHORT_LEASE_MS);

    test('without heartbeats loses its job, and can commit nothing any more by any RPC', async () => {
      await queueJob(db, 'job-1');
      await dispatcher.start();
      const { attemptId, stub } = await attempt(0);
      await stub.claimAttempt({ attemptId });
      const next = await attempt(1);
      expect(recorder.stopped).toEqual([attemptId]);
      for (const [name, call] of Object.entries(everyCall(stub, attemptId, 1))) {
        await expect(call(), name).rejects.toMatchObject({ code: 'ABORTED', reason: 'STALE_ATTEMPT' });
      }
      await expect(stub.claimAttempt({ attemptId })).rejects.toMatchObject({ code: 'ABORTED' });
      for (const table of ['epochs', 'checkpoints', 'job_blobs'] as const)
        expect(await db.selectFrom(table).selectAll().execute()).toEqual([]);
      expect(await jobOf(db, 'job-1')).toMatchObject({ state: 'STATE_PENDING', attempt_epoch: 2, progress: {} });
      expect((await listTransitions(db, 'job-1')).map(({ reason }) => reason)).toEqual([
        'Created',
        'AttemptStarted',
        'Claimed',
        'LeaseExpired',
        'AttemptStarted',
      ]);
      // The new attempt is not affected, but only its own fencing token works.
      await next.stub.claimAttempt({ attemptId: next.attemptId });
      for (const [name, call] of Object.entries(everyCall(next.stub, next.attemptId, 1))) {
        await expect(call(), name).rejects.toMatchObject({ code: 'ABORTED' });
      }
    });

    test('keeps its job as long as it sends heartbeats', async () => {
      await queueJob(db, 'job-1');
      await dispatcher.start();
      const { attemptId, stub } = await attempt(0);
      await stub.claimAttempt({ attemptId });
      for (let beat = 0; beat < 8; beat++) {
        expect(await stub.heartbeat({ attemptId, epoch: 1, phase: 'TRAINING' })).toEqual({
          desiredState: 'DESIRED_STATE_RUN',
        });
        await new Promise(resolve => setTimeout(resolve, SHORT_LEASE_MS / 4));
      }
      expect(recorder.started).toHaveLength(1);
    });

    test('that cannot start keeps its lease, and the job records each reason once', async () => {
      await queueJob(db, 'job-1');
      await dispatcher.start();
      const { attemptId } = await attempt(0);
      const wait = (reason: string, message: string) => {
        recorder.findings = { waiting: [{ attemptId, reason, message, isBlocked: true }] };
      };
      const reasons = async () => (await listTransitions(db, 'job-1')).map(({ state, reason }) => `${state} ${reason}`);
      wait('Unschedulable', 'no node can run its pod: 0/2 nodes are available');
      // Longer than its lease.
      await expect.poll(reasons).toContain('STATE_PENDING Unschedulable');
      await new Promise(resolve => setTimeout(resolve, 2 * SHORT_LEASE_MS));
      expect((await listAttempts(db, 'job-1')).map(({ state }) => state)).toEqual(['STATE_PENDING']);
      wait('ErrImageNeverPull', 'its container cannot start: no image');
      await expect.poll(reasons).toContain('STATE_PENDING ErrImageNeverPull');
      expect(await reasons()).toEqual([
        'STATE_QUEUED Created',
        'STATE_PENDING AttemptStarted',
        'STATE_PENDING Unschedulable',
        'STATE_PENDING ErrImageNeverPull',
      ]);
    });
  });
});

test('many dispatchers on one PostgreSQL give each job one attempt', async context => {
  const postgres = await startPostgres();
  if (!postgres.available) return context.skip(postgres.reason);
  const engines = await Promise.all(Array.from({ length: 6 }, () => openDatabase(postgres.url, { maxConnections: 4 })));
  const schema = `training_${Date.now().toString(36)}`;
  const tokens = createTokenAuthority(new TextEncoder().encode('s'.repeat(40)));
  const dbs: Db[] = [];
  for (const engine of engines) dbs.push(await engine.open<TrainingTables>({ schema, migrations: MIGRATIONS }));
  const recorders = engines.map(() => new Recorder(1_000));
  const dispatchers = dbs.map((db, index) => createDispatcher(db, { tokens, recorder: recorders[index]! }));
  for (const dispatcher of dispatchers) await dispatcher.start();
  const jobs = Array.from({ length: 40 }, (_, index) => `job-${index}`);
  await Promise.all(jobs.map((jobId, index) => queueJob(dbs[index % dbs.length]!, jobId)));
  for (let round = 0; round < 5; round++) for (const dispatcher of dispatchers) dispatcher.wake();
  const started = () => recorders.flatMap(recorder => recorder.started.map(({ jobId }) => jobId));
  await expect.poll(() => started().length).toBeGreaterThanOrEqual(jobs.length);
  await Promise.all(dispatchers.map(dispatcher => dispatcher.stop()));
  expect(started().sort()).toEqual([...jobs].sort());
  const attempts = await dbs[0]!.selectFrom('attempts').select(['job_id', 'epoch']).execute();
  expect(attempts).toHaveLength(jobs.length);
  expect(recorders.filter(({ started: own }) => own.length > 0).length).toBeGreaterThan(1);
  await Promise.all(engines.map(engine => engine.close()));
  await postgres.stop();
}, 60_000);
