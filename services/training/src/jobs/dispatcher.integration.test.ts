// The dispatcher with a real database and an executor that the test controls.
import { EventEmitter, once } from 'node:events';
import { type DatabaseEngine, openDatabase } from '@athanor/database';
import { createTelemetry, createTokenAuthority } from '@athanor/service';
import { startPostgres } from '@athanor/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ExecutorUnavailable } from '../executors/executor.js';
import { Recorder } from '../executors/executor.testkit.js';
import { changeJob, type Db, insertJob, listAttempts, listTransitions, lockJob } from '../store/jobs.js';
import { listExpiredAttempts, listOpenAttempts } from '../store/leases.js';
import { MIGRATIONS } from '../store/migrations.js';
import type { TrainingTables } from '../store/tables.js';
import { specOf } from '../training.testkit.js';
import { Dispatcher } from './dispatcher.js';

const { log } = createTelemetry({ service: 'training', logLevel: 'silent' });
const tokens = createTokenAuthority(new TextEncoder().encode('s'.repeat(40)));
const LEASE_MS = 1_000;
const LONG_LEASE_MS = 60_000;

let engine: DatabaseEngine;
let db: Db;
let schemas = 0;
let recorder: Recorder;
let running: Dispatcher[] = [];

beforeAll(async () => {
  engine = await openDatabase('pglite:');
});
afterAll(() => engine.close());
beforeEach(async () => {
  db = await engine.open<TrainingTables>({ schema: `training_${++schemas}`, migrations: MIGRATIONS });
  recorder = new Recorder(1);
});
afterEach(async () => {
  await Promise.all(running.map(dispatcher => dispatcher.stop()));
  running = [];
});

async function startDispatcher(options: { leaseMs?: number; executor?: Recorder } = {}): Promise<Dispatcher> {
  const { leaseMs = LEASE_MS, executor = recorder } = options;
  const dispatcher = new Dispatcher({ db, tokens, log, leaseMs, maxAttempts: 2, createExecutor: () => executor });
  running.push(dispatcher);
  await dispatcher.start();
  return dispatcher;
}

async function queueJob(jobId: string): Promise<void> {
  const spec = { ...specOf(), datasetVersion: 1, datasetDigest: 'sha256:d', cpuThreads: 1 } as never;
  const job = { jobId, tenant: 'acme', modelName: 'm', spec, requestId: '', fingerprint: '' };
  await db.transaction().execute(trx => insertJob(trx, job));
}

async function cancel(jobId: string): Promise<void> {
  const change = { state: 'STATE_CANCELLING', reason: 'CancelRequested', message: '' } as const;
  await db.transaction().execute(async trx => changeJob(trx, await lockJob(trx, jobId), change));
}

const stateOf = async (jobId: string) =>
  (await db.selectFrom('jobs').select('state').where('job_id', '=', jobId).executeTakeFirstOrThrow()).state;
const reasonsOf = async (jobId: string) => (await listTransitions(db, jobId)).map(({ reason }) => reason);
const attemptStates = async (jobId: string) => (await listAttempts(db, jobId)).map(({ state }) => state);
const started = (count = 1) => expect.poll(() => recorder.started.length).toBe(count);
const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
/** As if this much time had passed for the database. */
async function expire(): Promise<void> {
  await db
    .updateTable('attempts')
    .set({ lease_expires: new Date(0) })
    .execute();
}
const waiting = (reason: string, isBlocked = true) => ({
  waiting: recorder.started.map(({ attemptId }) => ({ attemptId, reason, message: 'no room', isBlocked })),
});

test('bug: a job whose pod could not start could never be cancelled', async () => {
  await queueJob('job-1');
  await startDispatcher();
  await started();
  recorder.findings = waiting('Unschedulable');
  await expect.poll(() => reasonsOf('job-1')).toContain('Unschedulable');
  await cancel('job-1');
  await expect.poll(() => stateOf('job-1')).toBe('STATE_CANCELLED');
  expect(recorder.stopped).toEqual([recorder.started[0]!.attemptId]);
  expect((await listTransitions(db, 'job-1')).at(-1)).toMatchObject({
    reason: 'Cancelled',
    message: 'it was cancelled before its pod started',
  });
});

describe('while the executor is unavailable', () => {
  test('bug: queued jobs lost all their attempts within seconds', async () => {
    await queueJob('job-1');
    await queueJob('job-2');
    recorder.onStart = async () => {
      throw new ExecutorUnavailable('no answer');
    };
    const dispatcher = await startDispatcher();
    await expect.poll(() => reasonsOf('job-1')).toContain('ExecutorUnavailable');
    for (let wakes = 0; wakes < 20; wakes++) {
      dispatcher.wake();
      await sleep(50);
    }
    // One attempt was tried, then none for a while, of this job or of the other.
    expect(await attemptStates('job-1')).toEqual(['STATE_FINISHED']);
    expect(await attemptStates('job-2')).toEqual([]);
    recorder.onStart = async () => undefined;
    await started(2);
    expect(await stateOf('job-1')).not.toBe('STATE_FAILED');
  });

  test('bug: a waiting job was retried without back-off', async () => {
    await queueJob('job-1');
    recorder.onStart = async () => {
      throw new ExecutorUnavailable('no answer');
    };
    await startDispatcher();
    await expect.poll(() => reasonsOf('job-1')).toContain('ExecutorUnavailable');
    const { not_before } = await db.selectFrom('jobs').select('not_before').executeTakeFirstOrThrow();
    expect(not_before!.getTime() - Date.now()).toBeGreaterThan(3_000);
  });

  test('attempts that wait to start are kept, and running ones keep their lease', async () => {
    recorder = new Recorder(2);
    await queueJob('job-1');
    await queueJob('job-2');
    await startDispatcher();
    await started(2);
    recorder.onObserve = async () => {
      throw new ExecutorUnavailable('no answer');
    };
    await expect.poll(() => recorder.observed.length).toBeGreaterThan(2);
    const [pending, claimed] = recorder.started;
    await db
      .updateTable('attempts')
      .set({ state: 'STATE_RUNNING' })
      .where('attempt_id', '=', claimed!.attemptId)
      .execute();
    await expire();
    await expect.poll(() => recorder.stopped).toEqual([claimed!.attemptId]);
    await sleep(2 * LEASE_MS);
    expect(await attemptStates(pending!.jobId)).toEqual(['STATE_PENDING']);
    expect(await reasonsOf(claimed!.jobId)).toContain('LeaseExpired');
  });
});

test('bug: one attempt that could not be stopped blocked all other work', async () => {
  recorder = new Recorder(2);
  await queueJob('job-1');
  recorder.onStop = async () => {
    throw new Error('403 Forbidden');
  };
  await startDispatcher();
  await started();
  await expire();
  await expect.poll(() => reasonsOf('job-1')).toContain('LeaseExpired');
  await queueJob('job-2');
  await expect.poll(() => recorder.started.map(({ jobId }) => jobId)).toContain('job-2');
});

test('bug: an observation that failed blocked the start of jobs', async () => {
  recorder.onObserve = async () => {
    throw new Error('403 Forbidden');
  };
  await queueJob('job-1');
  await startDispatcher();
  await started();
});

test('bug: each second of a slow sweep queued another one', async () => {
  const slow = new EventEmitter();
  recorder.onObserve = () => once(slow, 'done').then(() => undefined);
  const dispatcher = await startDispatcher();
  await expect.poll(() => recorder.observed.length).toBe(1);
  for (let wakes = 0; wakes < 10; wakes++) dispatcher.wake();
  recorder.onObserve = async () => undefined;
  slow.emit('done');
  await sleep(500);
  // The running sweep, and one more for all requests since.
  expect(recorder.observed.length).toBe(2);
});

describe('strays', () => {
  test('bug: what was left of an ended attempt stayed forever', async () => {
    recorder.findings = { strays: ['attempt-unknown'] };
    await startDispatcher();
    await expect.poll(() => recorder.stopped).toContain('attempt-unknown');
  });

  test('of a just-ended attempt get time to exit; an open attempt is not a stray', async () => {
    recorder = new Recorder(2);
    await queueJob('job-1');
    await queueJob('job-2');
    await startDispatcher({ leaseMs: LONG_LEASE_MS });
    await started(2);
    const [ended, open] = recorder.started.map(({ attemptId }) => attemptId);
    const set = (end_time: Date) =>
      db.updateTable('attempts').set({ state: 'STATE_FINISHED', end_time }).where('attempt_id', '=', ended!).execute();
    await set(new Date());
    recorder.findings = { strays: [ended!, open!] };
    const { length } = recorder.observed;
    await expect.poll(() => recorder.observed.length).toBeGreaterThan(length + 1);
    expect(recorder.stopped).toEqual([]);
    await set(new Date(Date.now() - 2 * LONG_LEASE_MS));
    await expect.poll(() => recorder.stopped).toContain(ended);
    expect(recorder.stopped).not.toContain(open);
  });
});

describe('after an outage longer than a lease', () => {
  test('bug: an attempt that was taken over at start-up was stopped by the first sweep', async () => {
    await queueJob('job-1');
    const former = await startDispatcher();
    await started();
    await former.stop();
    await expire();
    const { length } = recorder.observed;
    recorder.recovers = true;
    await startDispatcher({ leaseMs: LONG_LEASE_MS });
    await expect.poll(() => recorder.observed.length).toBeGreaterThan(length + 2);
    expect(recorder.stopped).toEqual([]);
    expect(await attemptStates('job-1')).toEqual(['STATE_PENDING']);
  });

  test('bug: live attempts were stopped when the database came back', async () => {
    await queueJob('job-1');
    await startDispatcher({ leaseMs: 4_000 });
    await started();
    await db.schema.alterTable('attempts').renameTo('attempts_unavailable').execute();
    await sleep(4_500);
    await db.schema
      .alterTable('attempts_unavailable' as never)
      .renameTo('attempts')
      .execute();
    // Its lease expired during the outage.
    expect((await listExpiredAttempts(db)).length).toBe(1);
    await sleep(2_000);
    expect(recorder.stopped).toEqual([]);
    expect(await attemptStates('job-1')).toEqual(['STATE_PENDING']);
    // It gets one whole lease, and no more.
    await expect.poll(() => recorder.stopped.length).toBe(1);
  });
});

describe('slots', () => {
  test('bug: concurrent dispatchers of one place exceeded them', async context => {
    const postgres = await startPostgres();
    if (!postgres.available) return context.skip(postgres.reason);
    const engines = await Promise.all([1, 2, 3, 4].map(() => openDatabase(postgres.url, { maxConnections: 4 })));
    const schema = `training_${Date.now().toString(36)}`;
    for (const each of engines) {
      db = await each.open<TrainingTables>({ schema, migrations: MIGRATIONS });
      await startDispatcher({ executor: new Recorder(2, { place: 'cluster' }), leaseMs: LONG_LEASE_MS });
    }
    for (let job = 0; job < 8; job++) await queueJob(`job-${job}`);
    for (let round = 0; round < 5; round++) {
      for (const dispatcher of running) dispatcher.wake();
      await sleep(200);
    }
    expect(await listOpenAttempts(db)).toHaveLength(2);
    await Promise.all(running.splice(0).map(dispatcher => dispatcher.stop()));
    await Promise.all(engines.map(each => each.close()));
    await postgres.stop();
  }, 60_000);

  test('bug: attempts without capacity blocked all others', async () => {
    recorder = new Recorder(1, { maxOpen: 3 });
    for (let job = 0; job < 5; job++) await queueJob(`job-${job}`);
    await startDispatcher();
    await started();
    // An attempt that is about to start keeps its slot.
    recorder.findings = waiting('PodPending', false);
    await expect.poll(() => reasonsOf('job-0')).toContain('PodPending');
    await started(1);
    const blocking = setInterval(() => {
      recorder.findings = waiting('Unschedulable');
    }, 50);
    await started(3);
    await sleep(1_500);
    clearInterval(blocking);
    expect(recorder.started).toHaveLength(3);
  });
});
