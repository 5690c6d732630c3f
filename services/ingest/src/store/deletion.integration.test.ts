// What remains of a deleted dataset, on both engines: nothing visible, and the numbers that must not be reused.
import { setTimeout as sleep } from 'node:timers/promises';
import { type DatabaseEngine, openDatabase } from '@athanor/database';
import { startDatabaseEngines } from '@athanor/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PreparationPlan, PreparedVersion } from '../preparation/prepared-version.js';
import { findDataset, insertDataset, insertVersion, listDatasets, listVersions, lockDataset } from './datasets.js';
import { deleteDataset, findPreparing } from './deletion.js';
import { MIGRATIONS } from './migrations.js';
import { extendPreparation, failPreparation, finishPreparation, takenOf, takePreparation } from './preparations.js';
import type { Db, IngestTables } from './tables.js';

const ALL = { size: 1_000, after: undefined };
const PLAN = {} as PreparationPlan;
const RESULT = { digest: 'sha256:x' } as PreparedVersion;

const { engines, stop } = await startDatabaseEngines();
afterAll(stop);

describe.each(engines)('on $name', ({ url, skip }) => {
  let engine: DatabaseEngine;
  let db: Db;

  beforeAll(async () => {
    if (skip) return;
    engine = await openDatabase(url);
    db = await engine.open<IngestTables>({ schema: `ingest_${Date.now().toString(36)}`, migrations: MIGRATIONS });
  }, 60_000);
  afterAll(() => engine?.close());

  const create = (datasetId: string, description = '') => insertDataset(db, 'acme', { datasetId, description });
  const begin = (datasetId: string, requestId = '') =>
    db
      .transaction()
      .execute(trx => insertVersion(trx, { tenant: 'acme', datasetId }, { plan: PLAN, requestId, fingerprint: 'f' }));
  const finish = (datasetId: string, version: number) =>
    db.transaction().execute(trx => finishPreparation(trx, { tenant: 'acme', datasetId, version }, RESULT));
  const remove = (datasetId: string) =>
    db.transaction().execute(async trx => {
      const dataset = await lockDataset(trx, 'acme', datasetId);
      if (dataset === undefined) return 'none';
      if ((await findPreparing(trx, dataset)) !== undefined) return 'preparing';
      await deleteDataset(trx, dataset, 'key:1');
      return 'deleted';
    });

  test.skipIf(skip)(
    'a deleted dataset is gone with its versions, and continues its numbers when it is created again',
    async () => {
      const first = (await create('anew', 'old'))!;
      await begin('anew', 'r-1');
      await db.transaction().execute(trx => takePreparation(trx, 60_000));
      expect(await remove('anew')).toBe('preparing');
      await finish('anew', 1);
      expect(await remove('anew')).toBe('deleted');
      expect(await remove('anew')).toBe('none');
      expect(await findDataset(db, 'acme', 'anew')).toBeUndefined();
      expect((await listDatasets(db, 'acme', ALL)).map(row => row.dataset_id)).not.toContain('anew');
      expect(await listVersions(db, { tenant: 'acme', datasetId: 'anew' }, ALL)).toEqual([]);
      expect(await begin('anew')).toBeUndefined();
      await sleep(5);
      const again = (await create('anew'))!;
      expect(again).toMatchObject({ description: '', latest_ready: 0, delete_time: null });
      expect(again.create_time.getTime()).toBeGreaterThan(first.create_time.getTime());
      expect(await create('anew')).toBeUndefined();
      // The request id of a deleted version is free.
      expect(await begin('anew', 'r-1')).toMatchObject({ version: 2 });
      await finish('anew', 2);
      expect(await remove('anew')).toBe('deleted');
      const events = await db.selectFrom('outbox').select('event_id').orderBy('sequence').execute();
      expect(events.map(row => row.event_id.replace(/\d{10,}/, 'T'))).toEqual([
        'acme/dataset-version/anew-1/1/ready',
        'acme/dataset/anew/T/deleted',
        'acme/dataset-version/anew-2/1/ready',
        'acme/dataset/anew/T/deleted',
      ]);
    },
  );

  test.skipIf(skip)('a late preparer changes nothing of a deleted dataset', async () => {
    await create('late');
    const taken = takenOf((await begin('late'))!);
    await finish('late', 1);
    await remove('late');
    const row = () => db.selectFrom('datasets').selectAll().where('dataset_id', '=', 'late').executeTakeFirst();
    const before = await row();
    const countEvents = async () => (await db.selectFrom('outbox').select('event_id').execute()).length;
    const events = await countEvents();
    await finish('late', 1);
    await extendPreparation(db, taken, { leaseMs: 1 });
    await db.transaction().execute(trx => failPreparation(trx, taken, { code: 13, message: 'late' }));
    expect(await row()).toEqual(before);
    expect(await countEvents()).toBe(events);
    expect(await findDataset(db, 'acme', 'late')).toBeUndefined();
  });

  test.skipIf(skip)("a version that waits for the dataset's lock while it is deleted is not created", async () => {
    await create('raced');
    let locked: () => void = () => undefined;
    const held = new Promise<void>(resolve => {
      locked = resolve;
    });
    const deleting = db.transaction().execute(async trx => {
      const dataset = await lockDataset(trx, 'acme', 'raced');
      locked();
      await sleep(200);
      await deleteDataset(trx, dataset!, 'key:1');
    });
    await held;
    expect(await begin('raced')).toBeUndefined();
    await deleting;
    expect(await listVersions(db, { tenant: 'acme', datasetId: 'raced' }, ALL)).toEqual([]);
    const created = await Promise.all(Array.from({ length: 4 }, () => create('raced')));
    expect(created.filter(row => row !== undefined)).toHaveLength(1);
  });

  test.skipIf(skip)(
    'version N−1 creates datasets without the new columns, and its new version restores a deleted one',
    async () => {
      const old = { tenant: 'acme', dataset_id: 'n1', description: '', last_version: 0, latest_ready: 0 };
      await db.insertInto('datasets').values(old).execute();
      expect(await findDataset(db, 'acme', 'n1')).toMatchObject({ delete_time: null });
      expect(await remove('n1')).toBe('deleted');
      await db.updateTable('datasets').set({ last_version: 1 }).where('dataset_id', '=', 'n1').execute();
      expect(await findDataset(db, 'acme', 'n1')).toMatchObject({ last_version: 1 });
      expect(await create('n1')).toBeUndefined();
      expect(await begin('n1')).toMatchObject({ version: 2 });
    },
  );
});
