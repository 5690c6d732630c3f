/*
 * One engine per process and database; each service opens its own schema on it. PostgreSQL and PGlite differ only in
 * their drivers: one dialect, one set of errors, one set of value parsers.
 */
import {
  DefaultQueryExecutor,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import { DriverWithErrors } from './driver-with-errors.js';
import { GuardedConnections } from './guarded-connections.js';
import { type DatabaseLog, type Migration, migrate } from './migrations.js';

export interface SchemaOptions {
  readonly schema: string;
  readonly migrations: readonly Migration[];
}

export interface DatabaseEngine {
  readonly kind: EngineKind;
  /** Migrates the schema and returns a handle that looks tables up in it. Destroying the handle does nothing. */
  open<T>(options: SchemaOptions): Promise<Kysely<T>>;
  /** Rejects if the database does not respond. For health checks. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly log?: DatabaseLog;
  /** PostgreSQL only: maximum number of connections. Default 10. */
  readonly maxConnections?: number;
  /** How long a query waits for a connection before it fails. Default 30,000. */
  readonly acquireTimeoutMs?: number;
}

export type EngineKind = 'postgres' | 'pglite';

/** What an engine must provide. */
export interface OpenDriver {
  readonly driver: Driver;
  close(): Promise<void>;
}

type OpenDriverFor = (url: string, options: EngineOptions) => Promise<OpenDriver>;

// Loaded on demand.
const openPostgresDriver: OpenDriverFor = async (url, options) =>
  (await import('./engines/postgres.js')).openPostgresDriver(url, options);
const openPGliteDriver: OpenDriverFor = async (url, options) =>
  (await import('./engines/pglite.js')).openPGliteDriver(url, options);

const OPENERS: { readonly [scheme: string]: { readonly kind: EngineKind; readonly open: OpenDriverFor } } = {
  postgres: { kind: 'postgres', open: openPostgresDriver },
  postgresql: { kind: 'postgres', open: openPostgresDriver },
  pglite: { kind: 'pglite', open: openPGliteDriver },
};

/**
 * @param url `postgres://…`, `pglite:///absolute/folder`, or `pglite:` for one in memory.
 * @throws DirectoryLockedError (of @athanor/process) if another process has the folder open.
 */
export async function openDatabase(url: string, options: EngineOptions = {}): Promise<DatabaseEngine> {
  const scheme = url.slice(0, url.indexOf(':'));
  const opener = OPENERS[scheme];
  if (!opener)
    throw new Error(`database URL begins with ${JSON.stringify(scheme)}: expected ${Object.keys(OPENERS).join(', ')}`);
  const { driver, close } = await opener.open(url, options);
  const kysely = createKysely(new DriverWithErrors(driver));
  return {
    kind: opener.kind,
    async open<T>({ schema, migrations }: SchemaOptions): Promise<Kysely<T>> {
      await migrate(kysely, schema, migrations, options.log);
      return kysely.withSchema(schema) as unknown as Kysely<T>;
    },
    async check() {
      await kysely.selectNoFrom(eb => eb.lit(1).as('one')).execute();
    },
    close,
  };
}

function createKysely(driver: Driver): Kysely<unknown> {
  const dialect = {
    createDriver: () => driver,
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db: ConstructorParameters<typeof PostgresIntrospector>[0]) => new PostgresIntrospector(db),
  };
  const compiler = dialect.createQueryCompiler();
  const executor = new DefaultQueryExecutor(compiler, dialect.createAdapter(), new GuardedConnections(driver));
  return new Kysely<unknown>({ config: { dialect }, dialect, driver, executor });
}
