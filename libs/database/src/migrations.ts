import { type Kysely, sql } from 'kysely';

/** One forward step of a schema. Expand first, contract later: version N−1 must run on the schema of N. */
export interface Migration {
  /** Unique and stable, for example `0001_datasets`; the order is that of the list. */
  readonly name: string;
  readonly up: (db: Kysely<unknown>) => Promise<void>;
}

/** The common interface of pino's logger and the chassis' logger. */
export interface DatabaseLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

interface MigrationTable {
  migrations: { name: string; applied_at: Date };
}

const SCHEMA_NAME = /^[a-z][a-z0-9_]{0,40}$/;

/**
 * Migrates one schema, in one transaction under an advisory lock: if two replicas start concurrently, one migrates and
 * the other waits and finds it done. A failed step leaves nothing behind.
 */
export async function migrate(
  db: Kysely<unknown>,
  schema: string,
  migrations: readonly Migration[],
  log?: DatabaseLog,
): Promise<void> {
  if (!SCHEMA_NAME.test(schema)) throw new Error(`schema name ${JSON.stringify(schema)}: expected ${SCHEMA_NAME}`);
  await db.transaction().execute(async trx => {
    await sql`select pg_advisory_xact_lock(hashtext(${`athanor.migrations.${schema}`}))`.execute(trx);
    const table = await openMigrationTable(trx, schema);
    const applied = (await table.selectFrom('migrations').select('name').execute()).map(row => row.name);
    reportUnknown(applied, migrations, schema, log);
    for (const migration of pendingMigrations(applied, migrations, schema)) {
      await migration.up(trx.withSchema(schema));
      await table.insertInto('migrations').values({ name: migration.name, applied_at: new Date() }).execute();
      log?.info({ schema, migration: migration.name }, 'migration applied');
    }
  });
}

async function openMigrationTable(trx: Kysely<unknown>, schema: string): Promise<Kysely<MigrationTable>> {
  await trx.schema.createSchema(schema).ifNotExists().execute();
  await trx
    .withSchema(schema)
    .schema.createTable('migrations')
    .ifNotExists()
    .addColumn('name', 'text', column => column.primaryKey())
    .addColumn('applied_at', 'timestamptz', column => column.notNull())
    .execute();
  return trx.withSchema(schema) as unknown as Kysely<MigrationTable>;
}

function pendingMigrations(
  applied: readonly string[],
  known: readonly Migration[],
  schema: string,
): readonly Migration[] {
  const done = new Set(applied);
  const firstPending = known.findIndex(migration => !done.has(migration.name));
  if (firstPending === -1) return [];
  const pending = known.slice(firstPending);
  const tooLate = pending.find(migration => done.has(migration.name));
  if (tooLate) {
    throw new Error(
      `schema ${schema} has ${tooLate.name} but not ${pending[0]!.name}, which stands before it; ` +
        'append new migrations to the end of the list',
    );
  }
  return pending;
}

/** A database that a newer version has migrated is fine (that version kept it compatible), but is logged. */
function reportUnknown(
  applied: readonly string[],
  known: readonly Migration[],
  schema: string,
  log?: DatabaseLog,
): void {
  const names = new Set(known.map(migration => migration.name));
  const unknown = applied.filter(name => !names.has(name));
  if (unknown.length > 0) log?.warn({ schema, unknown }, 'database was migrated by a newer version');
}
