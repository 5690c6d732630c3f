// Versions that wait for each other, in SQL and over gRPC.
import { type DatabaseEngine, jsonb, openDatabase } from '@athanor/database';
import { createTelemetry } from '@athanor/service';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bench, startBench, upload, watchToEnd } from '../ingest.testkit.js';
import { lockDataset } from '../store/datasets.js';
import { deleteDataset, findPreparing } from '../store/deletion.js';
import { MIGRATIONS } from '../store/migrations.js';
import { cancelPreparation } from '../store/preparations.js';
import { queuePosition } from '../store/queue.js';
import type { Db, IngestTables } from '../store/tables.js';
import type { PreparedVersion } from './prepared-version.js';
import { Preparer } from './preparer.js';

const { log } = createTelemetry({ service: 'ingest', logLevel: 'silent' });
const RESULT = { digest: 'sha256:x' } as PreparedVersion;

describe('the queue of imports', () => {
  let engine: DatabaseEngine;
  beforeAll(async () => {
    engine = await openDatabase('pglite:');
  });
  afterAll(() => engine.close());

  /** Datasets with one version each, created in this order. */
  async function queued(schema: string, ...names: readonly string[]) {
    const db = await engine.open<IngestTables>({ schema, migrations: MIGRATIONS });
    for (const [index, name] of names.entries()) {
      const key = { tenant: 'acme', dataset_id: name };
      await db
        .insertInto('datasets')
        .values({ ...key, description: '', last_version: 1, latest_ready: 0 })
        .execute();
      const rest = { fingerprint: '', plan: jsonb({ name }) as never, progress: jsonb({}) as never, revision: 1 };
      const created = { attempts: 0, create_time: new Date(Date.UTC(2026, 0, 1, 0, 0, index)) };
      await db
        .insertInto('dataset_versions')
        .values({ ...key, ...rest, ...created, version: 1, state: 'STATE_PREPARING' })
        .execute();
    }
    return db;
  }

  /** A preparer whose preparations end when the test says so. */
  function held(db: Db, maxImports: number) {
    const started: string[] = [];
    const ends = new Map<string, (result: PreparedVersion) => void>();
    const aborted: string[] = [];
    const preparer = new Preparer({
      ...{ db, log, maxImports, onCommit: () => undefined },
      prepare: (plan, _onPhase, signal) =>
        new Promise((resolve, reject) => {
          const { name } = plan as unknown as { name: string };
          started.push(name);
          ends.set(name, resolve);
          signal.addEventListener('abort', () => {
            aborted.push(name);
            reject(signal.reason);
          });
        }),
    });
    return { preparer, started, aborted, end: (name: string) => ends.get(name)!(RESULT) };
  }

  const stateOf = async (db: Db, name: string) => {
    const query = db.selectFrom('dataset_versions').selectAll().where('dataset_id', '=', name);
    const row = await query.executeTakeFirstOrThrow();
    return { ...row, position: await queuePosition(db, row) };
  };
  const positions = async (db: Db, ...names: readonly string[]) => {
    const found: number[] = [];
    for (const name of names) found.push((await stateOf(db, name)).position);
    return found;
  };

  test('as many as the limit run at the same time, and the next in order starts when one ends', async () => {
    const db = await queued('side', 'a', 'b', 'c', 'd');
    const { preparer, started, end } = held(db, 2);
    expect(await positions(db, 'a', 'b', 'c', 'd')).toEqual([1, 2, 3, 4]);
    preparer.start();
    await expect.poll(() => started).toEqual(['a', 'b']);
    expect(await positions(db, 'a', 'b', 'c', 'd')).toEqual([0, 0, 1, 2]);
    end('b');
    await expect.poll(() => started).toEqual(['a', 'b', 'c']);
    expect(await positions(db, 'b', 'd')).toEqual([0, 1]);
    for (const name of ['a', 'c']) end(name);
    await expect.poll(() => started).toEqual(['a', 'b', 'c', 'd']);
    end('d');
    await expect.poll(async () => (await stateOf(db, 'd')).state).toBe('STATE_READY');
    await preparer.stop();
  });

  test('a stopped preparer leaves the queue in its order to the next', async () => {
    const db = await queued('restarted', 'a', 'b', 'c');
    const first = held(db, 1);
    first.preparer.start();
    await expect.poll(() => first.started).toEqual(['a']);
    await first.preparer.stop();
    expect(await positions(db, 'a', 'b', 'c')).toEqual([1, 2, 3]);
    const second = held(db, 2);
    second.preparer.start();
    await expect.poll(() => second.started).toEqual(['a', 'b']);
    await second.preparer.stop();
  });

  test('a cancelled version leaves the queue; a cancelled preparation ends, and the next one starts', async () => {
    const db = await queued('cancelled', 'a', 'b', 'c');
    const { preparer, started, aborted, end } = held(db, 1);
    preparer.start();
    await expect.poll(() => started).toEqual(['a']);
    const cancel = (datasetId: string) =>
      db.transaction().execute(trx => cancelPreparation(trx, { tenant: 'acme', datasetId, version: 1 }));
    expect(await cancel('b')).toBe(true);
    expect(await positions(db, 'b', 'c')).toEqual([0, 1]);
    expect(await cancel('a')).toBe(true);
    await expect.poll(() => aborted, { timeout: 10_000 }).toEqual(['a']);
    await expect.poll(() => started).toEqual(['a', 'c']);
    end('c');
    await expect.poll(async () => (await stateOf(db, 'c')).state).toBe('STATE_READY');
    await preparer.stop();
    expect(await stateOf(db, 'a')).toMatchObject({ state: 'STATE_FAILED', error: { code: 1 } });
    expect(await cancel('c')).toBe(false);
    const events = await db.selectFrom('outbox').select('type').orderBy('sequence').execute();
    expect(events.map(({ type }) => type)).toEqual([
      'dataset.version.failed',
      'dataset.version.failed',
      'dataset.version.ready',
    ]);
  });

  test('a dataset whose versions are queued can be deleted, one that is being prepared cannot', async () => {
    const db = await queued('deleted', 'a', 'b', 'c');
    const { preparer, started, end } = held(db, 1);
    preparer.start();
    await expect.poll(() => started).toEqual(['a']);
    const remove = (name: string) =>
      db.transaction().execute(async trx => {
        const dataset = (await lockDataset(trx, 'acme', name))!;
        const preparing = await findPreparing(trx, dataset);
        if (preparing === undefined) await deleteDataset(trx, dataset, 'key:1');
        return preparing;
      });
    expect(await remove('a')).toBe(1);
    expect(await remove('b')).toBeUndefined();
    end('a');
    await expect.poll(() => started).toEqual(['a', 'c']);
    await preparer.stop();
  });
});

describe('over gRPC', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench({ ATHANOR_INGEST_MAX_IMPORTS: '1' });
  });
  afterAll(() => bench.stop());

  test('a watch shows the place in the queue, over a restart, and until its own import', async () => {
    const rows = Array.from({ length: 30_000 }, (_, index) => `${(index * 7919) % 9973},${index % 2}\n`).join('');
    const uploadId = await upload(bench.ingest, Buffer.from(`x,y\n${rows}`), 'f.csv');
    const sources = [{ uploadId, role: 'ROLE_FEATURES', partition: 'train' } as const];
    for (const datasetId of ['first', 'second', 'third']) {
      await bench.ingest.createDataset({ datasetId });
      await bench.ingest.createDatasetVersion({ datasetId, sources, recipe: { targets: ['y'] } });
    }
    await bench.restart();
    const { ingest } = bench;
    const seen: string[] = [];
    for await (const { datasetVersion } of ingest.watchDatasetVersion({ datasetId: 'third', version: 1 })) {
      const { phase = '', queuePosition = 0 } = datasetVersion?.preparation ?? {};
      seen.push(queuePosition > 0 ? `${phase} ${queuePosition}` : 'started');
      if (queuePosition === 0) break;
    }
    expect(seen.slice(-3)).toEqual(['QUEUED 2', 'QUEUED 1', 'started']);
    expect((await watchToEnd(ingest, 'third', 1)).state).toBe('STATE_READY');
    const cancelled = ingest.cancelDatasetVersion({ datasetId: 'third', version: 1 });
    await expect(cancelled).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'DATASET_NOT_PREPARING' });
  });
});
