import { randomUUID } from 'node:crypto';
import { jetstream } from '@nats-io/jetstream';
import fc from 'fast-check';
import type { Kysely } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Bench, type BenchTables, effectsOf, queued, recordEffect, startBench } from './events.testkit.js';
import {
  appendEvent,
  type ConsumerOptions,
  DEAD_LETTER_STREAM,
  ensureStreams,
  listDeadLetters,
  type ReceivedEvent,
  replayDeadLetter,
  startConsumer,
  startRelay,
  tailEvents,
} from './index.js';

let bench: Bench;
let db: Kysely<BenchTables>;
let tenant: string;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  db = await bench.openSchema();
  tenant = `t-${randomUUID().slice(0, 8)}`;
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const append = (jobId: string, version: number) =>
  db.transaction().execute(trx => appendEvent(trx, queued(jobId, version, tenant)));

function relay() {
  const started = startRelay({ db, connection: bench.connection, telemetry: bench.telemetry, pollIntervalMs: 20 });
  stops.push(() => started.stop());
  return started;
}

/** The stream also has other tests' events: only this test's tenant is recorded. */
async function consume(options: Partial<ConsumerOptions<BenchTables>> = {}, name = `c-${randomUUID().slice(0, 8)}`) {
  const record = async (
    event: ReceivedEvent<'training.job.queued'>,
    transact: Parameters<NonNullable<ConsumerOptions<BenchTables>['handlers']['training.job.queued']>>[1],
  ) => {
    if (event.tenant === tenant) await transact(trx => recordEffect(trx, event));
  };
  const { connection, telemetry } = bench;
  const base = { name, db, connection, telemetry, handlers: { 'training.job.queued': record }, backoffMs: [10, 20] };
  const consumer = await startConsumer({ ...base, ...options });
  stops.push(() => consumer.stop());
  return { name, consumer };
}

const waitForEffects = (expected: readonly string[]) => expect.poll(() => effectsOf(db)).toEqual(expected);

const ownDeadLetters = async () => (await listDeadLetters(bench.connection, { tenant })).deadLetters;

/** Waits for one. */
async function firstDeadLetter() {
  await expect.poll(ownDeadLetters).toHaveLength(1);
  return (await ownDeadLetters())[0]!;
}

const unpublished = () => db.selectFrom('outbox').select('event_id').where('published_at', 'is', null).execute();

test('bug: an event became a dead letter while another service was restarting', async () => {
  const failures = fc.constantFrom(
    { code: 'UNAVAILABLE' },
    { code: 'DEADLINE_EXCEEDED' },
    { kind: 'connection_lost' },
    { kind: 'storage_full' },
  );
  const outage = fc.array(failures, { minLength: 3, maxLength: 12 });
  let job = 0;
  const survives = async (errors: readonly object[]) => {
    const id = `outage-${++job}`;
    const left = [...errors];
    const { consumer } = await consume({
      backoffMs: [1],
      retryPauses: { firstMs: 1, maxMs: 4 },
      handlers: {
        'training.job.queued': async (event, transact) => {
          if (event.tenant !== tenant || event.aggregateId !== id) return;
          const error = left.pop();
          if (error) throw Object.assign(new Error('unavailable'), error);
          await transact(trx => recordEffect(trx, event));
        },
      },
    });
    await append(id, 1);
    await expect.poll(() => effectsOf(db)).toContain(`${id}/1`);
    await consumer.stop();
    expect(left).toEqual([]);
  };
  relay();
  await fc.assert(fc.asyncProperty(outage, survives), { numRuns: 5 });
  expect(await ownDeadLetters()).toEqual([]);
}, 60_000);

test('bug: an event over the size limit was retried without end and blocked all later events', async () => {
  const message = 'x'.repeat(2 * 1024 * 1024);
  const tooLarge = { ...queued('large', 1, tenant), type: 'training.job.ended' } as const;
  const payload = { jobId: 'large', state: 'STATE_FAILED', message } as const;
  await db.transaction().execute(trx => appendEvent(trx, { ...tooLarge, payload }));
  // Of the same aggregate and of another one.
  await append('large', 2);
  await append('small', 1);
  relay();
  await consume();
  await expect.poll(async () => (await effectsOf(db)).toSorted()).toEqual(['large/2', 'small/1']);
  const row = await db.selectFrom('outbox').selectAll().where('type', '=', tooLarge.type).executeTakeFirstOrThrow();
  expect(row).toMatchObject({ published_at: null, failures: 1, failure: expect.stringMatching(/max_payload/) });
  expect(row.set_aside_at).toBeInstanceOf(Date);
});

test('bug: thousands of delayed rows stopped the relay for all others', async () => {
  const waiting = Array.from({ length: 3_000 }, (_, index) => ({
    ...{ event_id: `waiting-${tenant}-${index}`, type: 'training.job.queued', aggregate_version: 1 },
    subject: `athanor.v1.${tenant}.training-job.waiting-${index}.queued`,
    ...{ payload: Buffer.alloc(0), occurred_at: new Date(), traceparent: null, published_at: null },
    ...{ retry_at: new Date(Date.now() + 600_000), failures: 3 },
  }));
  for (let begin = 0; begin < waiting.length; begin += 500)
    await db
      .insertInto('outbox')
      .values(waiting.slice(begin, begin + 500))
      .execute();
  await append('other', 1);
  // Of a delayed aggregate: it stays behind.
  await append('waiting-7', 2);
  relay();
  await consume();
  await waitForEffects(['other/1']);
});

test('a consumer that waits for an unavailable dependency stops at once, and the next one continues', async () => {
  let calls = 0;
  const unavailable = {
    'training.job.queued': async (event: ReceivedEvent) => {
      if (event.tenant !== tenant) return;
      calls++;
      throw Object.assign(new Error('unavailable'), { code: 'UNAVAILABLE' });
    },
  };
  const { name, consumer } = await consume({ handlers: unavailable, retryPauses: { firstMs: 60_000, maxMs: 60_000 } });
  await append('waiting', 1);
  relay();
  await expect.poll(() => calls).toBe(1);
  const begun = performance.now();
  await consumer.stop();
  expect(performance.now() - begun).toBeLessThan(5_000);
  await consume({}, name);
  await waitForEffects(['waiting/1']);
});

test('an event travels from the transaction to the effect with its CloudEvents attributes', async () => {
  const id = await append('job-1', 3);
  const seen: ReceivedEvent[] = [];
  relay();
  await consume({
    handlers: {
      'training.job.queued': async event => {
        if (event.tenant === tenant) seen.push(event);
      },
    },
  });
  await expect.poll(() => seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({
    id,
    type: 'training.job.queued',
    source: '/athanor/training',
    subject: `athanor.v1.${tenant}.training-job.job-1.queued`,
    tenant,
    aggregateId: 'job-1',
    aggregateVersion: 3,
    payload: { jobId: 'job-1' },
    replayFor: undefined,
  });
});

test('an event of a transaction that rolled back is never published', async () => {
  const rolledBack = db.transaction().execute(async trx => {
    await appendEvent(trx, queued('job-gone', 1, tenant));
    throw new Error('rolled back');
  });
  await expect(rolledBack).rejects.toThrow('rolled back');
  await append('job-kept', 1);
  relay();
  await consume();
  await waitForEffects(['job-kept/1']);
});

test('appending outside a transaction, or the same change twice, is refused', async () => {
  await expect(appendEvent(db as never, queued('job', 1, tenant))).rejects.toThrow('must be called in a transaction');
  await append('job', 1);
  await expect(append('job', 1)).rejects.toMatchObject({ kind: 'unique_violation' });
});

test('an event published twice is stored once, and one delivered twice is applied once', async () => {
  await append('job', 1);
  const first = relay();
  const { name, consumer } = await consume();
  await waitForEffects(['job/1']);
  await first.stop();
  await consumer.stop();
  await db.updateTable('outbox').set({ published_at: null }).execute();
  relay();
  await expect.poll(unpublished).toEqual([]);
  const stored: string[] = [];
  for await (const event of tailEvents(bench.connection, { tenant, from: 'beginning', stopAtEnd: true }))
    stored.push(event.id);
  expect(stored).toHaveLength(1);
  // A new durable consumer with another name receives the event again; the inbox is keyed by name, so remove the first
  // effect.
  await consume({}, `${name}-again`);
  await waitForEffects(['job/1', 'job/1']);
});

test('a failing handler is retried and its partial work is rolled back', async () => {
  let runs = 0;
  await append('job', 1);
  relay();
  await consume({
    handlers: {
      'training.job.queued': async (event, transact) => {
        if (event.tenant !== tenant) return;
        await transact(async trx => {
          await recordEffect(trx, event);
          if (++runs < 3) throw new Error('not yet');
        });
      },
    },
  });
  await waitForEffects(['job/1']);
  expect(runs).toBe(3);
});

test('an event that always fails becomes a dead letter, later ones are applied, and a replay applies it', async () => {
  let broken = true;
  await append('poison', 1);
  await append('fine', 1);
  relay();
  const { name } = await consume({
    handlers: {
      'training.job.queued': async (event, transact) => {
        if (event.tenant !== tenant) return;
        if (event.aggregateId === 'poison' && broken) throw new Error('cannot handle this');
        await transact(trx => recordEffect(trx, event));
      },
    },
  });
  await waitForEffects(['fine/1']);
  const letter = await firstDeadLetter();
  expect(letter).toMatchObject({
    consumer: name,
    reason: 'handler',
    error: 'cannot handle this',
    deliveries: 3,
    eventType: 'training.job.queued',
  });
  expect(letter.event?.payload).toEqual({ jobId: 'poison' });
  // Still failing: it becomes a new dead letter.
  await replayDeadLetter(bench.connection, letter.sequence, tenant);
  const again = await firstDeadLetter();
  expect(again.sequence).toBeGreaterThan(letter.sequence);
  broken = false;
  await replayDeadLetter(bench.connection, again.sequence, tenant);
  await waitForEffects(['fine/1', 'poison/1']);
  expect(await ownDeadLetters()).toEqual([]);
});

test('a replay reaches only the consumer that failed, and no tail', async () => {
  let broken = true;
  await append('poison', 1);
  relay();
  await consume({
    handlers: {
      'training.job.queued': async (event, transact) => {
        if (event.tenant !== tenant) return;
        if (broken) throw new Error('broken');
        await transact(trx => recordEffect(trx, event));
      },
    },
  });
  const bystander = vi.fn();
  await consume({
    handlers: {
      'training.job.queued': async event => {
        if (event.tenant === tenant) bystander(event.id);
      },
    },
  });
  const letter = await firstDeadLetter();
  broken = false;
  await replayDeadLetter(bench.connection, letter.sequence);
  await waitForEffects(['poison/1']);
  // It may still be about to handle the first publication.
  await vi.waitFor(() => expect(bystander).toHaveBeenCalledTimes(1));
  const tailed: string[] = [];
  for await (const event of tailEvents(bench.connection, { tenant, from: 'beginning', stopAtEnd: true }))
    tailed.push(event.id);
  expect(tailed).toHaveLength(1);
});

test('a message that is not one of our events is dead-lettered at once, with its bytes', async () => {
  await consume();
  await jetstream(bench.connection).publish(`athanor.v1.${tenant}.training-job.job.queued`, 'garbage');
  const letter = await firstDeadLetter();
  expect(letter).toMatchObject({
    reason: 'format',
    error: 'header ce-type is missing',
    deliveries: 1,
    event: undefined,
  });
  expect(Buffer.from(letter.data).toString()).toBe('garbage');
});

test('another tenant can neither see nor replay a dead letter', async () => {
  await consume();
  await jetstream(bench.connection).publish(`athanor.v1.${tenant}.training-job.job.queued`, 'garbage');
  const letter = await firstDeadLetter();
  expect((await listDeadLetters(bench.connection, { tenant: 'other' })).deadLetters).toEqual([]);
  await expect(replayDeadLetter(bench.connection, letter.sequence, 'other')).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await expect(replayDeadLetter(bench.connection, 999_999)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('dead letters come in pages', async () => {
  await consume();
  for (let i = 0; i < 5; i++)
    await jetstream(bench.connection).publish(`athanor.v1.${tenant}.training-job.job-${i}.queued`, 'x');
  await expect.poll(ownDeadLetters).toHaveLength(5);
  const first = await listDeadLetters(bench.connection, { tenant, limit: 3 });
  expect(first.deadLetters).toHaveLength(3);
  const second = await listDeadLetters(bench.connection, { tenant, limit: 3, after: first.next! });
  expect(second.deadLetters).toHaveLength(2);
  expect(second.next).toBeUndefined();
});

test('a fenced consumer skips an event that is older than what it has applied', async () => {
  const { connection, telemetry } = bench;
  await append('job', 5);
  relay();
  await consume({ fenced: true });
  await waitForEffects(['job/5']);
  await append('job', 4);
  await append('job', 6);
  await waitForEffects(['job/5', 'job/6']);
  expect([connection, telemetry]).toBeDefined();
});

test('a handler may take longer than the acknowledgement wait without a redelivery', async () => {
  let runs = 0;
  await append('slow', 1);
  relay();
  await consume({
    ackWaitMs: 300,
    handlers: {
      'training.job.queued': async (event, transact) => {
        if (event.tenant !== tenant) return;
        runs++;
        await new Promise(resolve => setTimeout(resolve, 1_000));
        await transact(trx => recordEffect(trx, event));
      },
    },
  });
  await waitForEffects(['slow/1']);
  expect(runs).toBe(1);
});

test('tailing from now on yields new events, and ends when aborted', async () => {
  await append('before', 1);
  const outbox = relay();
  await expect.poll(unpublished).toEqual([]);
  const abort = new AbortController();
  const seen: string[] = [];
  const tail = (async () => {
    for await (const event of tailEvents(bench.connection, { tenant, signal: abort.signal }))
      seen.push(event.aggregateId);
  })();
  await new Promise(resolve => setTimeout(resolve, 200));
  await append('after', 1);
  outbox.wake();
  await expect.poll(() => seen).toEqual(['after']);
  abort.abort();
  await tail;
});

test('the trace of the change continues in the handler', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await append('job', 1);
  await db.updateTable('outbox').set({ traceparent }).execute();
  relay();
  const seen: (string | undefined)[] = [];
  await consume({
    handlers: {
      'training.job.queued': async event => {
        if (event.tenant === tenant) seen.push(event.traceparent);
      },
    },
  });
  await expect.poll(() => seen).toEqual([traceparent]);
});

test('setting up the streams twice, also concurrently, changes nothing', async () => {
  await Promise.all([ensureStreams(bench.connection), ensureStreams(bench.connection)]);
  const manager = await jetstream(bench.connection).jetstreamManager();
  expect((await manager.streams.info(DEAD_LETTER_STREAM)).config.subjects).toEqual(['dlq.athanor.>']);
});

test('restarting NATS in between loses and duplicates nothing', async () => {
  const outbox = relay();
  await consume();
  const expected: string[] = [];
  for (let version = 1; version <= 30; version++) {
    await append('job', version);
    outbox.wake();
    expected.push(`job/${version}`);
    if (version === 10) await bench.nats.kill();
    if (version === 20) await bench.nats.restart();
  }
  await waitForEffects(expected);
}, 60_000);
