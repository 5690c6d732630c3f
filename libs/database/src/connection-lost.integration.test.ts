import { startPostgres } from '@athanor/testkit';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, expect, test } from 'vitest';
import { openDatabase } from './index.js';

const postgres = await startPostgres();
afterAll(() => (postgres.available ? postgres.stop() : undefined));

const name = 'bug: a connection lost in the middle of a transaction ended the process, not the transaction';

test.skipIf(!postgres.available)(postgres.available ? name : `${name} (skipped: ${postgres.reason})`, async () => {
  if (!postgres.available) return;
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  process.on('uncaughtException', note);
  const engine = await openDatabase(postgres.url);
  const other = new Client({ connectionString: postgres.url });
  await other.connect();
  try {
    const db = await engine.open<Record<string, never>>({ schema: 'lost', migrations: [] });
    const working = db.transaction().execute(async trx => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
      await other.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
      // Between two queries nothing waits for the connection when it ends.
      await new Promise(resolve => setTimeout(resolve, 300));
      await sql`select 1`.execute(trx);
    });
    await expect(working).rejects.toMatchObject({ kind: 'connection_lost' });
    expect(unhandled).toEqual([]);
    await engine.check();
  } finally {
    await other.end();
    await engine.close();
    process.off('uncaughtException', note);
  }
});
