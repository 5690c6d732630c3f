/*
 * Applies events with effect exactly once: at-least-once delivery by JetStream, at most one effect by the inbox. With
 * the default concurrency of 1 events are handled in stream order; a failing event blocks the rest until it succeeds or
 * becomes a dead letter.
 */
import type { EventType } from '@athanor/contracts';
import { crashPoint } from '@athanor/service';
import { type ConsumerMessages, JetStreamApiError, type JsMsg, jetstream } from '@nats-io/jetstream';
import { eventCounters } from '../event-telemetry.js';
import type { InboxTables } from '../inbox/inbox-table.js';
import { eventFilter } from '../subject.js';
import { Waker } from '../waker.js';
import type { ConsumerOptions } from './consumer-options.js';
import { deliver } from './delivery.js';
import { openDurable } from './durable-consumer.js';
import type { RetryPauses } from './transient.js';

export interface EventConsumer {
  /**
   * Accepts no more deliveries, and resolves when those in progress are done; after 10 s the handlers' signal is
   * aborted.
   */
  stop(): Promise<void>;
}

const DEFAULT_ACK_WAIT_MS = 5_000;
const DEFAULT_BACKOFF_MS = [200, 1_000, 3_000, 7_000];
const DEFAULT_RETRY_PAUSES: RetryPauses = { firstMs: 200, maxMs: 30_000 };
const REOPEN_PAUSE_MS = 500;
const STOP_GRACE_MS = 10_000;
const PULL_EXPIRES_MS = 2_000;

/** @throws JetStreamApiError if the server refuses the consumer, for example because the stream is missing. */
export async function startConsumer<DB extends InboxTables>(options: ConsumerOptions<DB>): Promise<EventConsumer> {
  const consumer = new RunningConsumer(options);
  // A refusal is a configuration error and fails at once; an unavailable server is retried.
  const first = await consumer.open().catch((error: unknown) => {
    if (error instanceof JetStreamApiError) throw error;
    options.telemetry.log.warn({ err: error, consumer: options.name }, 'consumer could not be opened; retrying');
    return undefined;
  });
  const done = consumer.run(first);
  return {
    async stop() {
      consumer.end();
      await done;
    },
  };
}

class RunningConsumer<DB extends InboxTables> {
  readonly #options: ConsumerOptions<DB>;
  readonly #waker = new Waker();
  readonly #ending = new AbortController();
  readonly #abort = new AbortController();
  readonly #inFlight = new Set<Promise<void>>();
  #messages: ConsumerMessages | undefined;

  constructor(options: ConsumerOptions<DB>) {
    this.#options = options;
  }

  async open(): Promise<ConsumerMessages> {
    const { connection, name, handlers, ackWaitMs = DEFAULT_ACK_WAIT_MS, concurrency = 1 } = this.#options;
    const types = Object.keys(handlers) as EventType[];
    const spec = { name, filter: eventFilter(types), ackWaitMs, maxAckPending: concurrency };
    const consumer = await openDurable(connection, spec);
    return consumer.consume({ max_messages: concurrency, expires: PULL_EXPIRES_MS });
  }

  end(): void {
    this.#waker.end();
    this.#ending.abort();
    this.#messages?.stop();
    setTimeout(() => this.#abort.abort(new Error('the consumer is stopping')), STOP_GRACE_MS).unref();
  }

  async run(first: ConsumerMessages | undefined): Promise<void> {
    const { log } = this.#options.telemetry;
    let messages = first;
    while (!this.#waker.ended) {
      try {
        this.#messages = messages ?? (await this.open());
        messages = undefined;
        await this.#consume(this.#messages);
      } catch (error) {
        log.warn({ err: error, consumer: this.#options.name }, 'consumer interrupted; reopening it');
      }
      await this.#waker.pause(REOPEN_PAUSE_MS);
    }
    await Promise.all(this.#inFlight);
  }

  async #consume(messages: ConsumerMessages): Promise<void> {
    if (this.#waker.ended) messages.stop();
    for await (const message of messages) {
      if (this.#waker.ended) return message.nak();
      const work = this.#handle(message).finally(() => this.#inFlight.delete(work));
      this.#inFlight.add(work);
      if (this.#inFlight.size >= (this.#options.concurrency ?? 1)) await Promise.race(this.#inFlight);
    }
  }

  /** Never rejects: an unsettled delivery is redelivered after the acknowledgement wait. */
  async #handle(message: JsMsg): Promise<void> {
    const {
      ackWaitMs = DEFAULT_ACK_WAIT_MS,
      backoffMs = DEFAULT_BACKOFF_MS,
      retryPauses = DEFAULT_RETRY_PAUSES,
      at = crashPoint,
      telemetry,
      name,
    } = this.#options;
    const { connection } = this.#options;
    const keepAlive = setInterval(() => connection.isClosed() || message.working(), ackWaitMs / 3);
    try {
      await deliver(message, {
        ...this.#options,
        backoffMs,
        retryPauses,
        at,
        counters: eventCounters(telemetry.meter),
        jetstream: jetstream(connection),
        signal: this.#abort.signal,
        ending: this.#ending.signal,
      });
    } catch (error) {
      telemetry.log.error({ err: error, consumer: name, sequence: message.seq }, 'delivery not settled');
    } finally {
      clearInterval(keepAlive);
    }
  }
}
