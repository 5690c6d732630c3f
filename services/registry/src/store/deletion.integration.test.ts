// What remains of a deleted model, on both engines: nothing visible, and the numbers that must not be reused.
import { setTimeout as sleep } from 'node:timers/promises';
import { type DatabaseEngine, jsonb, openDatabase } from '@athanor/database';
import { startDatabaseEngines } from '@athanor/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RegistrationOptions, registrationOf } from '../registry.testkit.js';
import { DEFAULT_SETTINGS } from '../serving/serving-settings.js';
import { listAliases, listGates, listMoves, moveAlias, setGate } from './aliases.js';
import { deleteModel } from './deletion.js';
import { changeDeployment, listDeploymentsOf } from './deployments.js';
import { MIGRATIONS } from './migrations.js';
import {
  type Db,
  findModel,
  listModels,
  listVersionJobs,
  listVersions,
  listVersionsByDigest,
  lockExistingModel,
  lockModel,
} from './models.js';
import { registerVersion } from './registration.js';
import type { RegistryTables } from './tables.js';

const ALL = { size: 1_000, after: undefined };

const { engines, stop } = await startDatabaseEngines();
afterAll(stop);

describe.each(engines)('on $name', ({ url, skip }) => {
  let engine: DatabaseEngine;
  let db: Db;

  beforeAll(async () => {
    if (skip) return;
    engine = await openDatabase(url);
    db = await engine.open<RegistryTables>({ schema: `registry_${Date.now().toString(36)}`, migrations: MIGRATIONS });
  }, 60_000);
  afterAll(() => engine?.close());

  const register = (modelName: string, jobId: string, more: Partial<RegistrationOptions> = {}) =>
    db.transaction().execute(trx => registerVersion(trx, registrationOf({ jobId, modelName, ...more })));
  const promote = (modelName: string, toVersion: number) =>
    db.transaction().execute(async trx => {
      await lockModel(trx, 'acme', modelName);
      const move = { toVersion, rollback: false, actor: 'key:1', reason: '', gateResults: [] };
      const key = { tenant: 'acme', modelName, alias: 'champion' };
      return await moveAlias(trx, key, { ...move, requestId: '', fingerprint: '' });
    });
  const gate = {
    ...{ alias: 'champion', metric: 'accuracy', split: 'test', datasetDigest: '' },
    ...{ threshold: 0.5, minImprovement: 0, smallerIsBetter: false },
  };
  const gateOf = (modelName: string) =>
    db.transaction().execute(async trx => {
      const row = await lockModel(trx, 'acme', modelName);
      await setGate(trx, { tenant: 'acme', modelName }, gate);
      return row;
    });
  const remove = (name: string) =>
    db.transaction().execute(async trx => {
      const model = await lockExistingModel(trx, 'acme', name);
      if (model !== undefined) await deleteModel(trx, model, 'key:1');
      return model !== undefined;
    });
  const eventsOf = async (type: string, name: string) => {
    const rows = await db.selectFrom('outbox').selectAll().where('type', '=', type).orderBy('sequence').execute();
    return rows.filter(({ subject }) => new RegExp(`\\.${name}[@.-]`).test(subject));
  };

  test.skipIf(skip)('a deleted model is removed with all its parts, and an event reports it', async () => {
    await register('gone', 'g1');
    await promote('gone', 1);
    await gateOf('gone');
    const [version] = await listVersions(db, { tenant: 'acme', name: 'gone' }, ALL);
    await register('kept', 'k1', { content: 'g1' });
    expect(await remove('gone')).toBe(true);
    expect(await remove('gone')).toBe(false);
    expect(await findModel(db, 'acme', 'gone')).toBeUndefined();
    expect((await listModels(db, 'acme', ALL)).map(({ name }) => name)).not.toContain('gone');
    expect(await listVersions(db, { tenant: 'acme', name: 'gone' }, ALL)).toEqual([]);
    expect(await listVersionJobs(db, version!)).toEqual([]);
    expect(await listAliases(db, 'acme', 'gone')).toEqual([]);
    expect(await listMoves(db, { tenant: 'acme', modelName: 'gone', alias: '' }, ALL)).toEqual([]);
    expect(await listGates(db, 'acme', 'gone')).toEqual([]);
    const equal = await listVersionsByDigest(db, { tenant: 'acme', modelName: '', digest: version!.digest });
    expect(equal.map(row => row.model_name)).toEqual(['kept']);
    expect(await eventsOf('model.deleted', 'gone')).toMatchObject([{ subject: 'athanor.v1.acme.model.gone.deleted' }]);
  });

  test.skipIf(skip)('a recreated model continues its numbers; no event id is reused', async () => {
    for (const content of ['a', 'b']) await register('recreated', `n-${content}`, { content });
    for (const version of [1, 2]) await promote('recreated', version);
    const before = (await findModel(db, 'acme', 'recreated'))!;
    await remove('recreated');
    await sleep(5);
    // The same bytes as before get another number, because the earlier number keeps its meaning.
    expect(await register('recreated', 'n-c', { content: 'a' })).toEqual({ version: 3, created: true });
    const model = (await findModel(db, 'acme', 'recreated'))!;
    expect(model).toMatchObject({ latest_version: 3, description: '', delete_time: null });
    expect(model.create_time.getTime()).toBeGreaterThan(before.create_time.getTime());
    expect(await promote('recreated', 3)).toMatchObject({ from_version: 0, to_version: 3 });
    expect(await listAliases(db, 'acme', 'recreated')).toMatchObject([{ alias: 'champion', version: 3, revision: 3 }]);
    await remove('recreated');
    // A gate alone also recreates it, without a version; and it can be deleted again.
    await gateOf('recreated');
    expect(await findModel(db, 'acme', 'recreated')).toMatchObject({ latest_version: 3, deleted_version: 3 });
    await remove('recreated');
    expect(await register('recreated', 'n-d')).toEqual({ version: 4, created: true });
    const ids = async (type: string) => (await eventsOf(type, 'recreated')).map(({ event_id }) => event_id);
    expect(await ids('model.alias.moved')).toEqual(
      [1, 2, 3].map(n => `acme/model-alias/recreated@champion/${n}/moved`),
    );
    expect(new Set(await ids('model.deleted')).size).toBe(3);
  });

  test.skipIf(skip)("a deletion that waits for a deployment's transaction sees the deployment", async () => {
    await register('served', 's1');
    let locked: () => void = () => undefined;
    const held = new Promise<void>(resolve => {
      locked = resolve;
    });
    const deploying = db.transaction().execute(async trx => {
      await lockExistingModel(trx, 'acme', 'served');
      locked();
      await sleep(200);
      const state = { modelName: 'served', alias: 'champion', version: 0, serving: DEFAULT_SETTINGS, stopped: false };
      const note = { actor: 'key:1', reason: 'set', requestId: '', fingerprint: '' };
      await changeDeployment(trx, { tenant: 'acme', name: 'live' }, async () => state, note);
    });
    await held;
    const seen = db.transaction().execute(async trx => {
      await lockExistingModel(trx, 'acme', 'served');
      return await listDeploymentsOf(trx, { tenant: 'acme', name: 'served' });
    });
    expect(await seen).toEqual(['live']);
    await deploying;
  });

  test.skipIf(skip)('deletions in quick succession are separate events', async () => {
    for (let round = 0; round < 5; round++) {
      await gateOf('quick');
      expect(await remove('quick')).toBe(true);
    }
    const versions = (await eventsOf('model.deleted', 'quick')).map(row => row.aggregate_version);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    expect(versions).toHaveLength(5);
  });

  test.skipIf(skip)("a waiter for a model's lock finds none after its deletion, and a job recreates it", async () => {
    await register('raced', 'r1');
    let locked: () => void = () => undefined;
    const held = new Promise<void>(resolve => {
      locked = resolve;
    });
    const deleting = db.transaction().execute(async trx => {
      const model = await lockExistingModel(trx, 'acme', 'raced');
      locked();
      await sleep(200);
      await deleteModel(trx, model!, 'key:1');
    });
    await held;
    const waiting = db.transaction().execute(trx => lockExistingModel(trx, 'acme', 'raced'));
    expect(await waiting).toBeUndefined();
    await deleting;
    const results = await Promise.all([
      remove('raced'),
      register('raced', 'r2'),
      remove('raced'),
      register('raced', 'r3'),
    ]);
    const numbers = results.filter(result => typeof result === 'object').map(({ version }) => version);
    expect(numbers.sort()).toEqual([2, 3]);
  });

  test.skipIf(skip)(
    'version N−1 creates models without the new columns, and its new version restores a deleted one',
    async () => {
      const schema = `registry_n1_${Date.now().toString(36)}`;
      const before = MIGRATIONS.findIndex(({ name }) => name === '0005_deleted_models');
      await engine.open<RegistryTables>({ schema, migrations: MIGRATIONS.slice(0, before) });
      const both = await engine.open<RegistryTables>({ schema, migrations: MIGRATIONS });
      const insert = { tenant: 'acme', name: 'm', description: '', latest_version: 0 };
      await both.insertInto('models').values(insert).execute();
      expect(await findModel(both, 'acme', 'm')).toMatchObject({ delete_time: null });
      await both
        .transaction()
        .execute(async trx => deleteModel(trx, (await lockExistingModel(trx, 'acme', 'm'))!, 'key:1'));
      expect(await findModel(both, 'acme', 'm')).toBeUndefined();
      await both
        .insertInto('models')
        .values(insert)
        .onConflict(c => c.doNothing())
        .execute();
      const { files, manifest, evaluations } = registrationOf({ jobId: 'j' });
      const version = { tenant: 'acme', model_name: 'm', version: 1, digest: 'sha256:d', dataset_digest: 'sha256:e' };
      const rest = { manifest: jsonb(manifest), files: jsonb(files), evaluations: jsonb(evaluations), cpu_threads: 1 };
      await both
        .insertInto('model_versions')
        .values({ ...version, ...rest })
        .execute();
      await both.updateTable('models').set({ latest_version: 1 }).execute();
      const revived = await findModel(both, 'acme', 'm');
      expect(revived).toMatchObject({ latest_version: 1 });
      // It exists before N locks it.
      const locked = await both.transaction().execute(trx => lockModel(trx, 'acme', 'm'));
      expect(locked).toMatchObject({ delete_time: null, create_time: revived!.create_time });
      expect(await listModels(both, 'acme', ALL)).toHaveLength(1);
    },
  );
});
