/* One suite, two engines: PGlite always, PostgreSQL if it is installed (or DATABASE_URL is set). */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '@athanor/testkit';
import { type Generated, type Kysely, sql } from 'kysely';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type DatabaseEngine,
  isDatabaseError,
  jsonb,
  type Migration,
  NestedQueryError,
  openDatabase,
  withRetry,
} from './index.js';

interface Tables {
  jobs: { id: Generated<number>; state: string; version: number; taken_by: string | null };
  samples: { id: string; count: number; payload: Buffer; document: unknown; seen_at: Date; day: string };
}

const MIGRATIONS: readonly Migration[] = [
  {
    name: '0001_jobs',
    up: async db => {
      await db.schema
        .createTable('jobs')
        .addColumn('id', 'bigserial', c => c.primaryKey())
        .addColumn('state', 'text', c => c.notNull())
        .addColumn('version', 'integer', c => c.notNull())
        .addColumn('taken_by', 'text')
        .execute();
    },
  },
  {
    name: '0002_samples',
    up: async db => {
      await db.schema
        .createTable('samples')
        .addColumn('id', 'text', c => c.primaryKey())
        .addColumn('count', 'bigint', c => c.notNull())
        .addColumn('payload', 'bytea', c => c.notNull())
        .addColumn('document', 'jsonb', c => c.notNull())
        .addColumn('seen_at', 'timestamptz', c => c.notNull())
        .addColumn('day', 'date', c => c.notNull())
        .execute();
    },
  },
];

const postgres = await startPostgres();
const memory = await openDatabase('pglite:');
const server = postgres.available ? await openDatabase(postgres.url, { maxConnections: 20 }) : undefined;

afterAll(async () => {
  await memory.close();
  await server?.close();
  if (postgres.available) await postgres.stop();
});

const engines: readonly { name: string; engine: DatabaseEngine | undefined }[] = [
  { name: 'PGlite', engine: memory },
  { name: postgres.available ? 'PostgreSQL' : postgres.reason, engine: server },
];

describe.each(engines)('$name', ({ engine }) => {
  describe.skipIf(!engine)('engine', () => suite(() => engine!));
});

function suite(engineOf: () => DatabaseEngine): void {
  let engine: DatabaseEngine;
  let db: Kysely<Tables>;
  let schema: string;

  beforeEach(async () => {
    engine = engineOf();
    schema = `t_${randomUUID().slice(0, 8)}`;
    db = await engine.open<Tables>({ schema, migrations: MIGRATIONS });
  });

  const insertJobs = (count: number) =>
    db
      .insertInto('jobs')
      .values(Array.from({ length: count }, () => ({ state: 'queued', version: 1 })))
      .execute();

  test('answers its health check', () => engine.check());

  test('a transaction commits as a whole and rolls back as a whole', async () => {
    const boom = db.transaction().execute(async trx => {
      await trx.insertInto('jobs').values({ state: 'queued', version: 1 }).execute();
      throw new Error('boom');
    });
    await expect(boom).rejects.toThrow('boom');
    await db.transaction().execute(trx => trx.insertInto('jobs').values({ state: 'kept', version: 1 }).execute());
    expect(await db.selectFrom('jobs').select('state').execute()).toEqual([{ state: 'kept' }]);
  });

  test('of ten concurrent compare-and-swaps exactly one wins', async () => {
    await insertJobs(1);
    const swap = (by: number) =>
      db
        .updateTable('jobs')
        .set({ version: 2, taken_by: `w${by}` })
        .where('version', '=', 1)
        .executeTakeFirst();
    const results = await Promise.all(Array.from({ length: 10 }, (_, by) => swap(by)));
    expect(results.filter(result => result.numUpdatedRows === 1n)).toHaveLength(1);
  });

  test('workers that skip locked rows take every job exactly once', async () => {
    await insertJobs(100);
    const taken: number[] = [];
    await Promise.all(Array.from({ length: 10 }, (_, worker) => workUntilEmpty(db, `w${worker}`, taken)));
    expect(taken.sort((a, b) => a - b)).toHaveLength(100);
    expect(new Set(taken).size).toBe(100);
  });

  test('two concurrent openers of one schema migrate it once', async () => {
    const other = `t_${randomUUID().slice(0, 8)}`;
    let runs = 0;
    const counted: Migration[] = [
      {
        name: '0001_slow',
        up: () => {
          runs++;
          return sleep(20);
        },
      },
    ];
    await Promise.all(Array.from({ length: 4 }, () => engine.open({ schema: other, migrations: counted })));
    expect(runs).toBe(1);
  });

  test('a failed migration leaves nothing behind and is retried at the next start', async () => {
    const other = `t_${randomUUID().slice(0, 8)}`;
    const broken: Migration = {
      name: '0002_broken',
      up: async trx => {
        await sql`select nonsense`.execute(trx);
      },
    };
    await expect(engine.open({ schema: other, migrations: [MIGRATIONS[0]!, broken] })).rejects.toThrow('nonsense');
    const opened = await engine.open<Tables>({ schema: other, migrations: MIGRATIONS });
    expect(await opened.selectFrom('jobs').selectAll().execute()).toEqual([]);
  });

  test('an older version runs on the schema of a newer one; a migration inserted in the middle is refused', async () => {
    const older = await engine.open<Tables>({ schema, migrations: MIGRATIONS.slice(0, 1) });
    expect(await older.selectFrom('jobs').selectAll().execute()).toEqual([]);
    const inserted: Migration = { name: '0001b_late', up: async () => {} };
    const reordered = [MIGRATIONS[0]!, inserted, MIGRATIONS[1]!];
    await expect(engine.open({ schema, migrations: reordered })).rejects.toThrow('append new migrations to the end');
  });

  test('int8, bytea, jsonb, timestamps and days are read as they were written', async () => {
    const row = {
      id: 'a',
      count: Number.MAX_SAFE_INTEGER,
      payload: Buffer.from([0, 1, 254, 255]),
      document: [{ name: 'Grüße', values: [1, 2.5, null, true] }],
      seen_at: new Date('2026-11-23T12:34:56.789Z'),
      day: '2026-02-28',
    };
    await db
      .insertInto('samples')
      .values({ ...row, document: jsonb(row.document) })
      .execute();
    expect(await db.selectFrom('samples').selectAll().executeTakeFirstOrThrow()).toEqual(row);
    const { total } = await db
      .selectFrom('samples')
      .select(eb => eb.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow();
    expect(total).toBe(1);
  });

  test('an int8 beyond 2^53 is an error, not a rounded number', async () => {
    await expect(sql`select 9007199254740993::int8 as n`.execute(db)).rejects.toThrow('9007199254740993');
  });

  test('a violated unique constraint is named', async () => {
    const insert = () =>
      sql`insert into ${sql.table(`${schema}.samples`)} values ('k', 1, '', '{}', now(), now())`.execute(db);
    await insert();
    const error = await insert().catch(e => e);
    expect(error).toMatchObject({ kind: 'unique_violation', sqlState: '23505', constraint: 'samples_pkey' });
  });

  test('a query outside the handle inside a transaction is refused instead of deadlocking', async () => {
    const nested = db.transaction().execute(async () => {
      await db.selectFrom('jobs').selectAll().execute();
    });
    await expect(nested).rejects.toThrow(NestedQueryError);
    expect(await db.selectFrom('jobs').selectAll().execute()).toEqual([]);
  });

  test('serializable increments all count when they are retried', async () => {
    await insertJobs(1);
    const increment = () =>
      db
        .transaction()
        .setIsolationLevel('serializable')
        .execute(async trx => {
          const { version } = await trx.selectFrom('jobs').select('version').executeTakeFirstOrThrow();
          await trx
            .updateTable('jobs')
            .set({ version: version + 1 })
            .execute();
        });
    await Promise.all(Array.from({ length: 6 }, () => withRetry(increment, { attempts: 50 })));
    expect(await db.selectFrom('jobs').select('version').executeTakeFirstOrThrow()).toEqual({ version: 7 });
  });
}

async function workUntilEmpty(db: Kysely<Tables>, worker: string, taken: number[]): Promise<void> {
  for (;;) {
    const id = await db.transaction().execute(async trx => {
      const job = await trx
        .selectFrom('jobs')
        .select('id')
        .where('state', '=', 'queued')
        .limit(1)
        .forUpdate()
        .skipLocked()
        .executeTakeFirst();
      if (!job) return undefined;
      await trx.updateTable('jobs').set({ state: 'done', taken_by: worker }).where('id', '=', job.id).execute();
      return job.id;
    });
    if (id === undefined) return;
    taken.push(id);
  }
}

test('an unreachable server is a lost connection', async () => {
  const error = await openDatabase('postgres://nobody@127.0.0.1:1/none').catch(e => e);
  expect(isDatabaseError(error, 'connection_lost')).toBe(true);
});

test('an unknown scheme and a relative folder are refused with what was expected', async () => {
  await expect(openDatabase('mysql://x')).rejects.toThrow('expected postgres, postgresql, pglite');
  await expect(openDatabase('pglite:data')).rejects.toThrow('expected pglite:///absolute/folder');
});
