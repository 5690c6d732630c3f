/*
 * PGlite is PostgreSQL compiled to WebAssembly: one connection, in this process. Uses of it are queued, and we lock the
 * folder, because PGlite does not prevent two processes from corrupting it.
 */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockDirectory } from '@athanor/process';
import type { PGlite } from '@electric-sql/pglite';
import { CompiledQuery, type DatabaseConnection, type Driver, PostgresDriver, type QueryResult } from 'kysely';
import { DatabaseError } from '../database-error.js';
import type { EngineOptions, OpenDriver } from '../engine.js';
import { createTurnstile, type Turnstile } from '../turnstile.js';
import { VALUE_PARSERS } from '../values.js';
import { copyTemplate, templateArchive } from './pglite-template.js';

export async function openPGliteDriver(url: string, options: EngineOptions): Promise<OpenDriver> {
  const directory = directoryOf(url);
  if (directory) await mkdir(dirname(directory), { recursive: true });
  const lock = directory ? await lockDirectory(directory) : undefined;
  try {
    const { PGlite } = await importPGlite();
    if (directory) await copyTemplate(directory);
    const archive = directory ? undefined : await templateArchive();
    const pglite = await PGlite.create({
      parsers: { ...VALUE_PARSERS },
      ...(directory && { dataDir: directory }),
      ...(archive && { loadDataDir: archive }),
    });
    const driver = new PGliteDriver(pglite, createTurnstile(options.acquireTimeoutMs ?? 30_000));
    const close = async () => {
      await driver.close();
      await lock?.release();
    };
    return { driver, close };
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

/** Loaded on demand: production images omit its 27 MB. */
async function importPGlite(): Promise<typeof import('@electric-sql/pglite')> {
  try {
    return await import('@electric-sql/pglite');
  } catch (cause) {
    throw new Error('PGlite is not installed here; give a database URL that begins with postgres://', { cause });
  }
}

function directoryOf(url: string): string | undefined {
  if (url === 'pglite:') return undefined;
  if (!url.startsWith('pglite:///')) {
    throw new Error(`database URL ${url}: expected pglite:///absolute/folder, or pglite: for one in memory`);
  }
  return fileURLToPath(url.replace(/^pglite:/, 'file:'));
}

/** Kysely's PostgreSQL driver handles begin, commit and savepoints; only the connection is replaced. */
class PGliteDriver extends PostgresDriver implements Driver {
  readonly #pglite: PGlite;
  readonly #turnstile: Turnstile;
  readonly #connection: DatabaseConnection;
  #leave: (() => void) | undefined;

  constructor(pglite: PGlite, turnstile: Turnstile) {
    super({ pool: async () => Promise.reject(new Error('PGlite has no pool')) });
    this.#pglite = pglite;
    this.#turnstile = turnstile;
    this.#connection = new PGliteConnection(pglite);
  }

  override async init(): Promise<void> {}

  override async acquireConnection(): Promise<never> {
    this.#leave = await this.#turnstile.enter();
    return this.#connection as never;
  }

  override async releaseConnection(): Promise<void> {
    this.#leave?.();
  }

  async close(): Promise<void> {
    const leave = await this.#turnstile.enter();
    await this.#pglite.close();
    leave();
  }
}

class PGliteConnection implements DatabaseConnection {
  readonly #pglite: PGlite;

  constructor(pglite: PGlite) {
    this.#pglite = pglite;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#pglite.closed) throw new DatabaseError('connection_lost', 'the database is closed');
    const { rows, affectedRows } = await this.#pglite.query<R>(query.sql, [...query.parameters]);
    return affectedRows === undefined ? { rows } : { rows, numAffectedRows: BigInt(affectedRows) };
  }

  /** The rows are in memory anyway: one chunk. */
  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(CompiledQuery.raw(query.sql, [...query.parameters]));
  }
}
