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
    // A replica that stops inside a transaction must not hold its locks for ever.
    idle_in_transaction_session_timeout: 60_000,
    types: { getTypeParser: (oid: number, format?: 'text' | 'binary') => parserFor(oid, format) },
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', error => options.log?.warn({ err: error }, 'idle database connection lost'));
  // One that is taken tells its next query; between two queries nobody listens, and that would end the process too.
  pool.on('connect', client => client.on('error', () => undefined));
  // The pool has the shape Kysely asks for; its own types say so less generally.
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
