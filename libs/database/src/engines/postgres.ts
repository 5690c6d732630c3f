import { type DatabaseConnection, type Driver, PostgresDriver } from 'kysely';
import { Pool, types } from 'pg';
import { toDatabaseError } from '../database-error.js';
import type { EngineOptions, OpenDriver } from '../engine.js';
import { VALUE_PARSERS } from '../values.js';

export async function openPostgresDriver(url: string, options: EngineOptions): Promise<OpenDriver> {
  const pool = new Pool({
    connectionString: url,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: options.acquireTimeoutMs ?? 30_000,
    application_name: 'athanor',
    // A replica that stops inside a transaction must not hold its locks forever.
    idle_in_transaction_session_timeout: 60_000,
    types: { getTypeParser: (oid: number, format?: 'text' | 'binary') => parserFor(oid, format) },
  });
  // The pool replaces a broken idle connection; without a listener the error would end the process.
  pool.on('error', error => options.log?.warn({ err: error }, 'idle database connection lost'));
  // A connection in use reports the error to its next query; between two queries nothing listens, which would end the
  // process too.
  pool.on('connect', client => client.on('error', () => undefined));
  // The pool has the interface that Kysely requires; its own types are less general.
  const driver: Driver = new PostgresDriver({ pool: pool as never });
  await driver.init();
  await probe(driver, pool);
  return { driver, close: () => pool.end() };
}

async function probe(driver: Driver, pool: Pool): Promise<void> {
  let connection: DatabaseConnection | undefined;
  try {
    connection = await driver.acquireConnection();
  } catch (error) {
    await pool.end();
    throw toDatabaseError(error);
  }
  await driver.releaseConnection(connection);
}

function parserFor(oid: number, format?: 'text' | 'binary') {
  const own = format === 'binary' ? undefined : VALUE_PARSERS[oid];
  return own ?? (types.getTypeParser as (oid: number, format?: string) => (value: string) => unknown)(oid, format);
}
