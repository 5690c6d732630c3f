import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '@athanor/database';
import { startNats, temporaryDirectory } from '@athanor/testkit';
import { expect, test } from 'vitest';
import { BENCH_MIGRATIONS, type BenchTables, effectsOf } from './events.testkit.js';
import { connectNats, ensureStreams, tailEvents } from './index.js';

const EVENTS = 6;

/** A service in its own process that appends events, relays them and applies them, until all are applied. */
const SERVICE = `
import { armCrashPoint, createTelemetry } from ${entryPoint('@athanor/service')};
import { openDatabase } from ${entryPoint('@athanor/database')};
import * as events from ${local('../dist/index.js')};
const { appendEvent, connectNats, startConsumer, startRelay } = events;
const [url, natsUrl, crashPoint] = process.argv.slice(2);
armCrashPoint(crashPoint || undefined);
const telemetry = createTelemetry({ service: 'crash', logLevel: 'silent' });
const engine = await openDatabase(url);
const up = async db => {
  const table = db.schema.createTable('effects').addColumn('sequence', 'bigserial');
  await table.addColumn('job_id', 'text').addColumn('version', 'bigint').execute();
};
const effects = { name: 'effects', up };
const { outboxMigration, inboxMigration, outboxFailuresMigration } = events;
const migrations = [outboxMigration, inboxMigration, effects, outboxFailuresMigration];
const db = await engine.open({ schema: 'crash', migrations });
const connection = await connectNats({ url: natsUrl, user: 'test', password: 'test', name: 'crash' });
const relay = startRelay({ db, connection, telemetry, pollIntervalMs: 10 });
const handlers = { 'training.job.queued': (event, transact) => transact(trx => recordEffect(trx, event)) };
const recordEffect = (trx, { aggregateId, aggregateVersion }) =>
  trx.insertInto('effects').values({ job_id: aggregateId, version: aggregateVersion }).execute();
const consumer = await startConsumer({ name: 'crash', db, connection, telemetry, handlers, ackWaitMs: 500 });
const { last } = await db.selectFrom('outbox').select(eb => eb.fn.max('aggregate_version').as('last')).executeTakeFirstOrThrow();
const queued = aggregateVersion =>
  ({ type: 'training.job.queued', tenant: 'acme', aggregateId: 'job', aggregateVersion, payload: { jobId: 'job' } });
const effectsOf = () => db.selectFrom('effects').selectAll().execute();
for (let version = (last ?? 0) + 1; version <= ${EVENTS}; version++) {
  await db.transaction().execute(trx => appendEvent(trx, queued(version)));
  relay.wake();
  await new Promise(resolve => setTimeout(resolve, 20));
}
while ((await effectsOf()).length < ${EVENTS}) await new Promise(resolve => setTimeout(resolve, 20));
await relay.stop();
await consumer.stop();
await connection.close();
await engine.close();
await telemetry.shutdown();
`;

function entryPoint(name: string): string {
  return JSON.stringify(import.meta.resolve(name));
}

function local(path: string): string {
  return JSON.stringify(new URL(path, import.meta.url).href);
}

async function runService(script: string, args: readonly string[]): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal;
}

test('a process killed with SIGKILL at each point of relay and consumer loses no event and applies none twice', async () => {
  const directory = await temporaryDirectory('events-crash');
  const nats = await startNats();
  try {
    const connection = await connectNats({ ...nats, url: nats.url, name: 'observer' });
    await ensureStreams(connection);
    const script = join(directory.path, 'service.mjs');
    await writeFile(script, SERVICE);
    const url = `pglite://${join(directory.path, 'db')}`;
    const points = [
      'outbox.published:1',
      'outbox.published:2',
      'consumer.handled:1',
      'consumer.applied:1',
      'outbox.read:1',
    ];
    const deaths: (NodeJS.Signals | null)[] = [];
    for (const point of points) deaths.push(await runService(script, [url, nats.url, point]));
    expect(deaths.filter(signal => signal === 'SIGKILL').length).toBeGreaterThanOrEqual(4);
    expect(await runService(script, [url, nats.url])).toBeNull();

    const expected = Array.from({ length: EVENTS }, (_, i) => `job/${i + 1}`);
    const engine = await openDatabase(url);
    const db = await engine.open<BenchTables>({ schema: 'crash', migrations: BENCH_MIGRATIONS });
    expect(await effectsOf(db)).toEqual(expected);
    await engine.close();
    const stored: string[] = [];
    for await (const event of tailEvents(connection, { from: 'beginning', stopAtEnd: true }))
      stored.push(`${event.aggregateId}/${event.aggregateVersion}`);
    expect(stored).toEqual(expected);
    await connection.close();
  } finally {
    await nats.stop();
    await directory.remove();
  }
}, 120_000);
