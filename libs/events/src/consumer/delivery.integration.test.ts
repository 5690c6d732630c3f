import { encodeEvent } from '@athanor/contracts';
import { type DatabaseEngine, openDatabase } from '@athanor/database';
import { createTelemetry } from '@athanor/service';
import type { JetStreamClient, JsMsg } from '@nats-io/jetstream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toHeaders } from '../event-message.js';
import { eventCounters } from '../event-telemetry.js';
import { type InboxTables, inboxMigration } from '../inbox/inbox-table.js';
import { deliver } from './delivery.js';

let engine: DatabaseEngine;
const telemetry = createTelemetry({ service: 'test', logLevel: 'silent' });

beforeAll(async () => {
  engine = await openDatabase('pglite:');
});
afterAll(() => engine.close());

test('bug: an applied event became a dead letter after its acknowledgement was lost too often', async () => {
  const db = await engine.open<InboxTables>({ schema: 'inbox', migrations: [inboxMigration] });
  const subject = 'athanor.v1.acme.training-job.j-1.queued';
  const settled: string[] = [];
  const message = (id: string) => {
    const attributes = { id, type: 'training.job.queued', source: '/athanor/training', subject, aggregateVersion: 1 };
    return {
      ...{ subject, seq: 7, data: encodeEvent('training.job.queued', { jobId: 'j-1' }) },
      headers: toHeaders({ ...attributes, time: new Date(), traceparent: null }),
      info: { deliveryCount: 9, stream: 'S' },
      ackAck: async () => settled.push(`${id} acknowledged`),
      term: () => settled.push(`${id} dead-lettered`),
    } as unknown as JsMsg;
  };
  const { signal } = new AbortController();
  const delivery = {
    ...{ name: 'c', db, connection: undefined as never, telemetry, counters: eventCounters(telemetry.meter) },
    ...{ backoffMs: [1], retryPauses: { firstMs: 1, maxMs: 1 }, at: () => undefined, signal, ending: signal },
    handlers: { 'training.job.queued': async () => undefined },
    jetstream: { publish: async () => undefined } as unknown as JetStreamClient,
  };
  await db.insertInto('inbox').values({ consumer: 'c', event_id: 'applied', applied_at: new Date() }).execute();
  await deliver(message('applied'), delivery);
  await deliver(message('never applied'), delivery);
  expect(settled).toEqual(['applied acknowledged', 'never applied dead-lettered']);
});
