/*
 * For any crash at any point: every committed event is applied once, in its aggregate's order, and is stored once in
 * the stream.
 */
import fc from 'fast-check';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, type BenchTables, effectsOf, queued, recordEffect, startBench } from './events.testkit.js';
import {
  appendEvent,
  type ConsumerPoint,
  type EventConsumer,
  type Relay,
  type RelayPoint,
  startConsumer,
  startRelay,
  tailEvents,
} from './index.js';

type Step =
  | { readonly do: 'append'; readonly aggregate: string; readonly count: number }
  | { readonly do: 'die'; readonly at: RelayPoint | ConsumerPoint }
  | { readonly do: 'restart-relay' | 'restart-consumer' | 'kill-nats' };

const POINTS = [
  'outbox.read',
  'outbox.published',
  'outbox.marked',
  'consumer.received',
  'consumer.handled',
  'consumer.applied',
] as const;

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      aggregate: fc.constantFrom('a', 'b', 'c'),
      count: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('die' as const), at: fc.constantFrom(...POINTS) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('restart-relay' as const, 'restart-consumer' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('kill-nats' as const) }) },
);

let bench: Bench;
let round = 0;

beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

/** One service under test: its relay and its consumer, both of which can be made to fail at a named point. */
class Mesh {
  readonly tenant = `p-${++round}`;
  readonly versions = new Map<string, number>();
  readonly db: Kysely<BenchTables>;
  #relay!: Relay;
  #consumer!: EventConsumer;
  #armed: string | undefined;

  constructor(db: Kysely<BenchTables>) {
    this.db = db;
  }

  readonly #at = (point: string): void => {
    if (this.#armed !== point) return;
    this.#armed = undefined;
    throw new Error(`died at ${point}`);
  };

  startRelay(): void {
    const { connection, telemetry } = bench;
    this.#relay = startRelay({ db: this.db, connection, telemetry, pollIntervalMs: 10, at: this.#at });
  }

  async startConsumer(): Promise<void> {
    const { connection, telemetry } = bench;
    const backoffMs = Array.from({ length: 30 }, () => 5);
    this.#consumer = await startConsumer<BenchTables>({
      ...{
        name: `consumer-${this.tenant}`,
        db: this.db,
        connection,
        telemetry,
        backoffMs,
        ackWaitMs: 1_000,
        at: this.#at,
      },
      handlers: {
        'training.job.queued': async (event, transact) => {
          if (event.tenant === this.tenant) await transact(trx => recordEffect(trx, event));
        },
      },
    });
  }

  async stop(): Promise<void> {
    await this.#relay.stop();
    await this.#consumer.stop();
  }

  async run(next: Step): Promise<void> {
    if (next.do === 'append') return this.#append(next.aggregate, next.count);
    if (next.do === 'die') this.#armed = next.at;
    if (next.do === 'kill-nats') {
      await bench.nats.kill();
      await bench.nats.restart();
    }
    if (next.do === 'restart-relay') {
      await this.#relay.stop();
      this.startRelay();
    }
    if (next.do === 'restart-consumer') {
      await this.#consumer.stop();
      await this.startConsumer();
    }
  }

  async #append(aggregate: string, count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const version = (this.versions.get(aggregate) ?? 0) + 1;
      await this.db.transaction().execute(trx => appendEvent(trx, queued(aggregate, version, this.tenant)));
      this.versions.set(aggregate, version);
      this.#relay.wake();
    }
  }
}

/** `a/1 a/2 …` for each aggregate: the only valid order. */
function byAggregate(entries: readonly string[]): Record<string, string[]> {
  const result: Record<string, string[]> = {};
  for (const entry of entries) {
    const aggregate = entry.split('/')[0]!;
    result[aggregate] = [...(result[aggregate] ?? []), entry];
  }
  return result;
}

function expectedEffects(versions: ReadonlyMap<string, number>): Record<string, string[]> {
  return Object.fromEntries(
    [...versions].map(([aggregate, last]) => [
      aggregate,
      Array.from({ length: last }, (_, i) => `${aggregate}/${i + 1}`),
    ]),
  );
}

async function checkScenario(steps: readonly Step[]): Promise<void> {
  const mesh = new Mesh(await bench.openSchema());
  mesh.startRelay();
  await mesh.startConsumer();
  try {
    for (const next of steps) await mesh.run(next);
    const expected = expectedEffects(mesh.versions);
    await expect.poll(async () => byAggregate(await effectsOf(mesh.db))).toEqual(expected);
    const stored: string[] = [];
    for await (const event of tailEvents(bench.connection, {
      tenant: mesh.tenant,
      from: 'beginning',
      stopAtEnd: true,
    })) {
      stored.push(`${event.aggregateId}/${event.aggregateVersion}`);
    }
    expect(byAggregate(stored)).toEqual(expected);
  } finally {
    await mesh.stop();
  }
}

test('after crashes at any named points nothing is lost, duplicated or out of order', async () => {
  const scenario = fc.array(step, { minLength: 3, maxLength: 12 });
  await fc.assert(fc.asyncProperty(scenario, checkScenario), { numRuns: 12, endOnFailure: true });
}, 240_000);
