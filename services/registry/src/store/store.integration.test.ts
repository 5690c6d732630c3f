// The registry's transactions on both engines; races are tested on a real PostgreSQL too.
import { type DatabaseEngine, jsonb, openDatabase } from '@athanor/database';
import { startDatabaseEngines } from '@athanor/testkit';
import { expectUploads } from '@athanor/uploads';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registrationOf } from '../registry.testkit.js';
import { DEFAULT_SETTINGS } from '../serving/serving-settings.js';
import { findMoveAt, listGates, listMoves, moveAlias, setGate } from './aliases.js';
import { findPreviousRevision, listRevisions } from './deployment-revisions.js';
import { changeDeployment, deleteDeployment } from './deployments.js';
import { MIGRATIONS } from './migrations.js';
import { type Db, listVersionJobs, listVersions, lockModel } from './models.js';
import { registerVersion } from './registration.js';
import type { RegistryTables } from './tables.js';

const ALL = { size: 1_000, after: undefined };
const key = (modelName: string, alias = 'champion') => ({ tenant: 'acme', modelName, alias });
/** The migrations up to the given one, as version N−1 had them. */
const upTo = (name: string) =>
  MIGRATIONS.slice(
    0,
    MIGRATIONS.findIndex(migration => migration.name === name),
  );
const move = (toVersion: number) => ({
  ...{ toVersion, rollback: false, actor: 'key:1', reason: '', gateResults: [], requestId: '', fingerprint: '' },
});

const served = { tenant: 'acme', name: 'served' };
const note = { actor: 'key:1', reason: 'set', requestId: '', fingerprint: '' };
const stateOf = (alias: string) => async () => ({
  ...{ modelName: 'm', alias, version: 0, serving: DEFAULT_SETTINGS, stopped: false },
});

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

  const register = (options: Parameters<typeof registrationOf>[0]) =>
    db.transaction().execute(trx => registerVersion(trx, registrationOf(options)));
  const promote = (modelName: string, toVersion: number, alias?: string) =>
    db.transaction().execute(async trx => {
      await lockModel(trx, 'acme', modelName);
      return await moveAlias(trx, key(modelName, alias), move(toVersion));
    });

  test.skipIf(skip)(
    'uploads are in the order of their ids; the first that the tenant does not have is named',
    async () => {
      const upload = {
        fingerprint: '',
        filename: 'f',
        byte_size: 1,
        expected_digest: '',
        committed_offset: 0,
        digest: '',
      };
      const insert = (upload_id: string, tenant: string) =>
        db
          .insertInto('uploads')
          .values({ ...upload, upload_id, tenant, request_id: null, state: 'STATE_ACTIVE' })
          .execute();
      await Promise.all([insert('a', 'acme'), insert('b"{,}', 'acme'), insert('c', 'other')]);
      const found = await expectUploads(db, 'acme', ['b"{,}', 'a', 'b"{,}']);
      expect(found.map(({ upload_id }) => upload_id)).toEqual(['b"{,}', 'a', 'b"{,}']);
      expect(await expectUploads(db, 'acme', [])).toEqual([]);
      await expect(expectUploads(db, 'acme', ['a', 'c', 'd'])).rejects.toThrow(/upload 'c'/);
    },
  );

  test.skipIf(skip)('a job is registered once, however often its event is delivered', async () => {
    expect(await register({ jobId: 'j1', modelName: 'once' })).toEqual({ version: 1, created: true });
    expect(await register({ jobId: 'j1', modelName: 'once' })).toEqual({ version: 1, created: false });
    expect(await listVersions(db, { tenant: 'acme', name: 'once' }, ALL)).toHaveLength(1);
  });

  test.skipIf(skip)('two jobs with one digest are one version with two lineage edges', async () => {
    await register({ jobId: 'j2', modelName: 'equal', content: 'same' });
    expect(await register({ jobId: 'j3', modelName: 'equal', content: 'same' })).toEqual({
      version: 1,
      created: false,
    });
    const [version] = await listVersions(db, { tenant: 'acme', name: 'equal' }, ALL);
    expect((await listVersionJobs(db, version!)).map(({ job_id }) => job_id)).toEqual(['j2', 'j3']);
    expect(await register({ jobId: 'j4', modelName: 'equal', content: 'other' })).toEqual({
      version: 2,
      created: true,
    });
  });

  test.skipIf(skip)('concurrent registrations get numbers without gaps, equal ones the same', async () => {
    const jobs = Array.from({ length: 12 }, (_, index) => ({
      jobId: `race-${index}`,
      modelName: 'race',
      content: `c${index % 6}`,
    }));
    const results = await Promise.all(jobs.map(register));
    expect(new Set(results.map(({ version }) => version))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
    expect(results.filter(({ created }) => created)).toHaveLength(6);
  });

  test.skipIf(skip)(
    'concurrent promotions are serialized: each starts from the version that the previous one set',
    async () => {
      await Promise.all(Array.from({ length: 10 }, (_, index) => promote('linear', index + 1)));
      const moves = (await listMoves(db, key('linear'), ALL)).reverse();
      expect(moves).toHaveLength(10);
      expect(moves.map(({ from_version }) => from_version)).toEqual([
        0,
        ...moves.slice(0, -1).map(({ to_version }) => to_version),
      ]);
    },
  );

  test.skipIf(skip)(
    'bug: the history of an alias had the times at which moves began to wait, not at which they happened',
    async () => {
      await promote('times', 1);
      let locked: () => void = () => undefined;
      const held = new Promise<void>(resolve => {
        locked = resolve;
      });
      const first = db.transaction().execute(async trx => {
        await lockModel(trx, 'acme', 'times');
        locked();
        await sql`select pg_sleep(0.3)`.execute(trx);
        await moveAlias(trx, key('times'), move(2));
      });
      await held;
      // On PGlite this move waits for the connection; on PostgreSQL, inside its transaction, for the row lock.
      await promote('times', 3);
      await first;
      const moves = (await listMoves(db, key('times'), ALL)).reverse();
      expect(moves.map(({ to_version }) => to_version)).toEqual([1, 2, 3]);
      const times = moves.map(({ time }) => time.getTime());
      expect(times).toEqual([...times].sort((a, b) => a - b));
    },
  );

  test.skipIf(skip)('bug: at the exact time of its move an alias was still at the previous version', async () => {
    for (const version of [1, 2, 3]) {
      const moved = await promote('instant', version);
      expect((await findMoveAt(db, key('instant'), moved.time))?.to_version).toBe(version);
    }
  });

  test.skipIf(skip)('bug: aliases of two models with the same concatenated name could not both move', async () => {
    await promote('digits', 1, 'mlp-champion');
    await promote('digits-mlp', 1, 'champion');
    expect(await listMoves(db, key('digits-mlp'), ALL)).toHaveLength(1);
  });

  test.skipIf(skip)(
    "a dataset's gate from before datasets were part of the key is replaced, not duplicated",
    async () => {
      const schema = `registry_gates_${Date.now().toString(36)}`;
      const before = await engine.open<RegistryTables>({ schema, migrations: upTo('0004_gates_of_datasets') });
      const gate = {
        ...{ alias: 'champion', metric: 'accuracy', split: 'test', datasetDigest: 'sha256:a' },
        ...{ threshold: 0.5, minImprovement: 0, smallerIsBetter: false },
      };
      const model = { tenant: 'acme', modelName: 'm' };
      const named = { tenant: 'acme', model_name: 'm', alias: 'champion', metric: 'accuracy', split: 'test' };
      await before
        .insertInto('gates')
        .values({ ...named, gate: jsonb(gate) })
        .execute();
      const after = await engine.open<RegistryTables>({ schema, migrations: MIGRATIONS });
      const set = (changes: object) => after.transaction().execute(trx => setGate(trx, model, { ...gate, ...changes }));
      await set({ threshold: 0.9 });
      await set({ datasetDigest: '' });
      expect((await listGates(after, 'acme', 'm')).map(each => [each.datasetDigest, each.threshold])).toEqual([
        ['', 0.5],
        ['sha256:a', 0.9],
      ]);
    },
  );

  test.skipIf(skip)('bug: creating a deployment twice concurrently was an internal error', async () => {
    const set = (alias: string) => db.transaction().execute(trx => changeDeployment(trx, served, stateOf(alias), note));
    await Promise.all(Array.from({ length: 8 }, (_, index) => set(`alias-${index}`)));
    const row = await db.selectFrom('deployments').selectAll().executeTakeFirstOrThrow();
    expect(row.revision).toBe(8);
    await set(row.alias);
    expect(
      (await db.selectFrom('outbox').select('event_id').where('type', '=', 'deployment.changed').execute()).length,
    ).toBe(8);
    expect(await db.transaction().execute(trx => deleteDeployment(trx, 'acme', 'served'))).toBe(true);
    expect(await db.transaction().execute(trx => deleteDeployment(trx, 'acme', 'served'))).toBe(false);
  });
  test.skipIf(skip)(
    'the state that version N−1 left is a revision once it is changed; a recreated deployment has none of it',
    async () => {
      const schema = `registry_revisions_${Date.now().toString(36)}`;
      const before = await engine.open<RegistryTables>({ schema, migrations: upTo('0008_serving_settings') });
      const columns = { tenant: 'acme', name: 'served', model_name: 'm', alias: 'old', version: 0, revision: 3 };
      await before
        .insertInto('deployments')
        .values(columns as never)
        .execute();
      const after = await engine.open<RegistryTables>({ schema, migrations: MIGRATIONS });
      const set = (alias: string) =>
        after.transaction().execute(trx => changeDeployment(trx, served, stateOf(alias), note));
      expect((await set('old')).revision).toBe(3);
      expect((await set('new')).revision).toBe(4);
      const history = await listRevisions(after, served, { size: 10, after: undefined });
      expect(history.map(({ revision, alias, actor }) => [revision, alias, actor])).toEqual([
        [4, 'new', 'key:1'],
        [3, 'old', ''],
      ]);
      // As version N−1 deletes and creates.
      await after.deleteFrom('deployments').execute();
      await after
        .insertInto('deployments')
        .values(columns as never)
        .execute();
      expect(await findPreviousRevision(after, served)).toBeUndefined();
      await after.transaction().execute(trx => deleteDeployment(trx, 'acme', 'served'));
      expect(await after.selectFrom('deployment_revisions').selectAll().execute()).toEqual([]);
    },
  );
});
