import { setTimeout as sleep } from 'node:timers/promises';
import { BlobError } from '@athanor/blobs';
import { type DatabaseEngine, jsonb, openDatabase } from '@athanor/database';
import { createTelemetry } from '@athanor/service';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MIGRATIONS } from '../store/migrations.js';
import {
  deferPreparation,
  extendPreparation,
  failPreparation,
  releasePreparation,
  takenOf,
  takePreparation,
} from '../store/preparations.js';
import type { IngestTables } from '../store/tables.js';
import type { PreparedVersion } from './prepared-version.js';
import { Preparer } from './preparer.js';

describe('the preparer', () => {
  const RESULT = {
    digest: 'sha256:x',
    columns: [],
    classes: [],
    rowsRead: 0,
    findings: [],
    findingsDigest: '',
    splits: [],
  } as PreparedVersion;
  const { log } = createTelemetry({ service: 'ingest', logLevel: 'silent' });
  let engine: DatabaseEngine;

  beforeAll(async () => {
    engine = await openDatabase('pglite:');
  });
  afterAll(() => engine.close());

  /** A version that waits for preparation, in its own schema. */
  async function waiting(schema: string) {
    const db = await engine.open<IngestTables>({ schema, migrations: MIGRATIONS });
    await db
      .insertInto('datasets')
      .values({ tenant: 'acme', dataset_id: 'd', description: '', last_version: 1, latest_ready: 0 })
      .execute();
    const version = { tenant: 'acme', dataset_id: 'd', version: 1, state: 'STATE_PREPARING' as const };
    const nothing = jsonb({}) as never;
    await db
      .insertInto('dataset_versions')
      .values({ ...version, fingerprint: '', plan: nothing, progress: nothing, revision: 1, attempts: 0 })
      .execute();
    return { db, row: () => db.selectFrom('dataset_versions').selectAll().executeTakeFirstOrThrow() };
  }

  test('retries transient errors, for example a full disk', async () => {
    const { db, row } = await waiting('passing');
    let calls = 0;
    const prepare = async () => {
      if (++calls < 3) throw new BlobError('storage_full', 'ENOSPC');
      return RESULT;
    };
    const preparer = new Preparer({ db, log, prepare, onCommit: () => undefined, maxImports: 1 });
    preparer.start();
    await expect.poll(async () => (await row()).state).toBe('STATE_READY');
    await preparer.stop();
    expect(calls).toBe(3);
    expect(await db.selectFrom('outbox').select('type').execute()).toEqual([{ type: 'dataset.version.ready' }]);
  });

  test('bug: a persistent error was retried without end while watchers waited', async () => {
    const { db, row } = await waiting('lasting');
    await db.updateTable('dataset_versions').set({ attempts: 4 }).execute();
    const prepare = () => Promise.reject(new BlobError('storage_full', 'ENOSPC'));
    const preparer = new Preparer({ db, log, prepare, onCommit: () => undefined, maxImports: 1 });
    preparer.start();
    await expect.poll(async () => (await row()).state).toBe('STATE_FAILED');
    await preparer.stop();
    expect((await row()).error).toMatchObject({
      code: 8,
      message: expect.stringMatching(/disk is full.*tried 5 times/),
    });
  });

  test('fails a version that crashed its process several times', async () => {
    const { db, row } = await waiting('crashing');
    await db
      .updateTable('dataset_versions')
      .set({ attempts: 5, lease_expires: new Date(0) })
      .execute();
    const preparer = new Preparer({ db, log, prepare: async () => RESULT, onCommit: () => undefined, maxImports: 1 });
    preparer.start();
    await expect.poll(async () => (await row()).state).toBe('STATE_FAILED');
    await preparer.stop();
    expect((await row()).error!.message).toMatch(/the service ended 5 times/);
  });

  test('leaves a version alone while another preparer holds its lease, and takes it over when the lease expires', async () => {
    const { db, row } = await waiting('leased');
    await db
      .updateTable('dataset_versions')
      .set({ lease_expires: new Date(Date.now() + 1_500) })
      .execute();
    const preparer = new Preparer({ db, log, prepare: async () => RESULT, onCommit: () => undefined, maxImports: 1 });
    preparer.start();
    await sleep(700);
    expect((await row()).state).toBe('STATE_PREPARING');
    await expect.poll(async () => (await row()).state).toBe('STATE_READY');
    await preparer.stop();
  });

  test('bug: a long preparation queued a transaction for every wake-up', async () => {
    const { db, row } = await waiting('woken');
    const finishing: ((result: PreparedVersion) => void)[] = [];
    const prepare = () => new Promise<PreparedVersion>(resolve => finishing.push(resolve));
    let transactions = 0;
    const counting = new Proxy(db, {
      get(target, property) {
        if (property === 'transaction') transactions++;
        const value = Reflect.get(target, property) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const preparer = new Preparer({ db: counting, log, prepare, onCommit: () => undefined, maxImports: 1 });
    preparer.start();
    await expect.poll(async () => (await row()).attempts).toBe(1);
    for (let call = 0; call < 1_000; call++) preparer.wake();
    for (const finish of finishing) finish(RESULT);
    await expect.poll(async () => (await row()).state).toBe('STATE_READY');
    await preparer.stop();
    expect(transactions).toBeLessThan(10);
  });

  test('bug: a preparer that had lost its lease undid the work of the next one', async () => {
    const { db, row } = await waiting('fenced');
    const take = async (leaseMs: number) => {
      const taken = await db.transaction().execute(trx => takePreparation(trx, leaseMs));
      return taken && takenOf(taken);
    };
    const late = (await take(50))!;
    await sleep(100);
    const holder = (await take(10_000))!;
    const before = await row();
    await deferPreparation(db, late, 0);
    await extendPreparation(db, late, { leaseMs: 1, progress: { phase: 'LATE', completed: 1, total: 1 } });
    await db.transaction().execute(trx => failPreparation(trx, late, { code: 13, message: 'too late' }));
    await releasePreparation(db, late);
    expect(await row()).toEqual(before);
    expect(await db.selectFrom('outbox').select('type').execute()).toEqual([]);
    expect(await take(10_000)).toBeUndefined();
    await db.transaction().execute(trx => failPreparation(trx, holder, { code: 13, message: 'as it is' }));
    expect(await row()).toMatchObject({ state: 'STATE_FAILED', error: { message: 'as it is' } });
  });

  test('bug: a rollout of the service counted as an attempt of a version', async () => {
    const { db, row } = await waiting('rolled');
    const prepare = (_plan: unknown, _onPhase: unknown, signal: AbortSignal) =>
      new Promise<never>((_, reject) =>
        signal.addEventListener('abort', () => reject(new Error('the preparation thread ended'))),
      );
    for (let rollout = 0; rollout < 6; rollout++) {
      const preparer = new Preparer({ db, log, prepare, onCommit: () => undefined, maxImports: 1 });
      preparer.start();
      await expect.poll(async () => (await row()).attempts).toBe(1);
      await preparer.stop();
      expect(await row()).toMatchObject({ state: 'STATE_PREPARING', attempts: 0, lease_expires: null });
    }
    const preparer = new Preparer({ db, log, prepare: async () => RESULT, onCommit: () => undefined, maxImports: 1 });
    preparer.start();
    await expect.poll(async () => (await row()).state).toBe('STATE_READY');
    await preparer.stop();
  });
});
