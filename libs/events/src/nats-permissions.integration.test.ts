// With a real nats-server, because only it defines what its permissions mean.

import { openDatabase } from '@athanor/database';
import { createTelemetry } from '@athanor/service';
import { startNats, type TestNats } from '@athanor/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDurable } from './consumer/durable-consumer.js';
import { queued } from './events.testkit.js';
import {
  appendEvent,
  connectNats,
  DEAD_LETTER_STREAM,
  EVENT_STREAM,
  ensureStreams,
  listDeadLetters,
  type OutboxTables,
  outboxFailuresMigration,
  outboxMigration,
  startRelay,
  tailEvents,
} from './index.js';
import { natsPermissions } from './nats-permissions.js';

const SERVICES = ['ingest', 'training', 'registry', 'inference'] as const;
type Service = (typeof SERVICES)[number];

let nats: TestNats;
const connections = {} as Record<Service, NatsConnection>;

const durable = {
  ...{ name: 'registry-register-model', filter: 'athanor.v1.*.training-job.*.succeeded', ackWaitMs: 5_000 },
  maxAckPending: 1,
};

beforeAll(async () => {
  const users = SERVICES.map(user => ({ user, password: user, permissions: natsPermissions(user) }));
  nats = await startNats({ users });
  for (const name of SERVICES)
    connections[name] = await connectNats({ url: nats.url, name, user: name, password: name });
  for (const name of ['ingest', 'training', 'registry'] as const) await ensureStreams(connections[name]);
  await openDurable(connections.registry, durable);
});
afterAll(async () => {
  for (const connection of Object.values(connections)) await connection.close();
  await nats.stop();
});

const publish = (service: Service, subject: string) =>
  jetstream(connections[service], { timeout: 1_000 }).publish(subject, Buffer.alloc(1));
const manager = (service: Service) => jetstreamManager(connections[service], { timeout: 1_000 });
const REFUSED = /permissions violation/i;

describe('as its NATS user', () => {
  test.each([
    ['ingest', 'athanor.v1.acme.dataset-version.d-1.ready'],
    ['ingest', 'athanor.v1.acme.dataset.d.deleted'],
    ['training', 'athanor.v1.acme.training-job.j-1.succeeded'],
    ['registry', 'athanor.v1.acme.model-alias.m.moved'],
    ['registry', 'athanor.v1.acme.model.m.deleted'],
    ['registry', 'dlq.athanor.registry-register-model.acme.training-job.j-1.succeeded'],
    // Replays of dead letters.
    ['registry', 'athanor.v1.acme.training-job.j-1.succeeded'],
  ] as const)('%s publishes %s', async (service, subject) => {
    expect((await publish(service, subject)).seq).toBeGreaterThan(0);
  });

  test.each([
    ['ingest', 'athanor.v1.acme.training-job.j-1.succeeded'],
    ['ingest', 'dlq.athanor.registry-register-model.acme.training-job.j-1.succeeded'],
    ['training', 'athanor.v1.acme.model-alias.m.moved'],
    ['registry', 'athanor.v1.acme.training-job.j-1.queued'],
    ['inference', 'athanor.v1.acme.model-alias.m.moved'],
    ['inference', 'dlq.athanor.registry-register-model.acme.training-job.j-1.succeeded'],
    ['inference', '$JS.ACK.ATHANOR_EVENTS.registry-register-model.1.1.1.1.0'],
    ['training', '_INBOX.registry.x'],
  ] as const)('%s is refused %s', async (service, subject) => {
    await expect(publish(service, subject)).rejects.toThrow(REFUSED);
  });

  test.each(SERVICES)('bug: %s could purge and delete all streams', async service => {
    const { streams } = await manager(service);
    await expect(streams.purge(EVENT_STREAM)).rejects.toThrow(REFUSED);
    await expect(streams.delete(EVENT_STREAM)).rejects.toThrow(REFUSED);
    await expect(streams.deleteMessage(EVENT_STREAM, 1)).rejects.toThrow(REFUSED);
    await expect(streams.purge(DEAD_LETTER_STREAM)).rejects.toThrow(REFUSED);
  });

  test('inference cannot change streams or consumers of others', async () => {
    const { streams, consumers } = await manager('inference');
    await expect(streams.update(EVENT_STREAM, { max_msgs: 1 })).rejects.toThrow(REFUSED);
    await expect(consumers.delete(EVENT_STREAM, durable.name)).rejects.toThrow(REFUSED);
    await expect(consumers.update(EVENT_STREAM, durable.name, { max_ack_pending: 5 })).rejects.toThrow(REFUSED);
    await expect(openDurable(connections.inference, durable)).rejects.toThrow(REFUSED);
    await expect(streams.deleteMessage(DEAD_LETTER_STREAM, 1)).rejects.toThrow(REFUSED);
  });

  test("no service can subscribe to another's inbox", async () => {
    const errors: string[] = [];
    connections.training.subscribe('_INBOX.registry.>', {
      callback: error => void (error && errors.push(error.message)),
    });
    await expect.poll(() => errors).toEqual([expect.stringMatching(REFUSED)]);
  });

  test.each(['registry', 'inference'] as const)('%s tails the events', async service => {
    for (const from of ['beginning', 'new'] as const)
      for await (const _ of tailEvents(connections[service], { types: ['model.alias.moved'], from, stopAtEnd: true }));
  });

  test('the registry lists dead letters, and removes one', async () => {
    expect((await listDeadLetters(connections.registry)).next).toBeUndefined();
    const { streams } = await manager('registry');
    const { seq } = await publish('registry', 'dlq.athanor.registry-register-model.acme.training-job.j-2.succeeded');
    expect((await streams.getMessage(DEAD_LETTER_STREAM, { seq }))?.seq).toBe(seq);
    expect(await streams.deleteMessage(DEAD_LETTER_STREAM, seq)).toBe(true);
  });
});

test('bug: an event without permission to publish delayed all others', async () => {
  const engine = await openDatabase('pglite:');
  const migrations = [outboxMigration, outboxFailuresMigration];
  const db = await engine.open<OutboxTables>({ schema: 'refused', migrations });
  const telemetry = createTelemetry({ service: 'events-test', logLevel: 'silent' });
  await db.transaction().execute(async trx => {
    const identity = { tenant: 'acme', aggregateId: 'm', aggregateVersion: 1 };
    await appendEvent(trx, { ...identity, type: 'model.deleted', payload: { name: 'm', actor: 'a' } });
    for (const jobId of ['one', 'two']) await appendEvent(trx, queued(jobId, 1));
  });
  const relay = startRelay({ db, connection: connections.training, telemetry, pollIntervalMs: 20 });
  const rows = () => db.selectFrom('outbox').selectAll().orderBy('sequence').execute();
  await expect.poll(async () => (await rows()).map(row => row.published_at !== null)).toEqual([false, true, true]);
  expect((await rows())[0]).toMatchObject({ set_aside_at: null, failure: expect.stringMatching(REFUSED) });
  await relay.stop();
  await telemetry.shutdown();
  await engine.close();
});
