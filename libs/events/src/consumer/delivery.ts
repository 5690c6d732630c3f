/* One delivery of one event: decode, skip events for others, run the handler, and settle with the server. */
import { setTimeout as sleep } from 'node:timers/promises';
import { extractTraceparent, traceparentOf } from '@athanor/service';
import type { JetStreamClient, JsMsg } from '@nats-io/jetstream';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ReceivedEvent } from '../event.js';
import { EventFormatError, fromMessage, replayForOf } from '../event-message.js';
import type { EventCounters } from '../event-telemetry.js';
import { type ApplyOutcome, applyOnce, isApplied } from '../inbox/apply-once.js';
import type { InboxTables } from '../inbox/inbox-table.js';
import type { ConsumerOptions, ConsumerPoint } from './consumer-options.js';
import { type DeadLetterFacts, deadLetter } from './dead-letter.js';
import type { EventHandler, Transact } from './event-handler.js';
import { isTransient, type RetryPauses, retryPauseMs } from './transient.js';

export interface DeliveryContext<DB extends InboxTables> extends ConsumerOptions<DB> {
  readonly backoffMs: readonly number[];
  readonly retryPauses: RetryPauses;
  readonly at: (point: ConsumerPoint) => void;
  readonly counters: EventCounters;
  readonly jetstream: JetStreamClient;
  readonly signal: AbortSignal;
  /** Aborted as soon as the consumer stops; ends delays. */
  readonly ending: AbortSignal;
}

type Outcome = ApplyOutcome | 'ignored';

const ACK_ATTEMPTS = 5;
const ACK_TIMEOUT_MS = 1_000;
const ACK_PAUSE_MS = 100;

/** @throws when the event could be neither settled nor dead-lettered (NATS or the database is unavailable). */
export async function deliver<DB extends InboxTables>(message: JsMsg, delivery: DeliveryContext<DB>): Promise<void> {
  const { name, backoffMs, counters } = delivery;
  const deliveries = message.info.deliveryCount;
  delivery.at('consumer.received');
  if (deliveries > backoffMs.length + 1 && !(await wasApplied(message, delivery))) {
    return moveToDeadLetters(message, delivery, {
      consumer: name,
      reason: 'crash',
      error: `not settled in ${deliveries - 1} deliveries`,
    });
  }
  try {
    const outcome = await applyWithRetries(message, delivery);
    if (outcome === undefined) return message.nak();
    delivery.at('consumer.applied');
    await acknowledge(message);
    counters.consumed.add(1, { consumer: name, outcome });
  } catch (error) {
    await settleFailure(message, delivery, error);
  }
}

/** An event may have been applied although every acknowledgement was lost, for example while NATS was unavailable. */
async function wasApplied<DB extends InboxTables>(message: JsMsg, delivery: DeliveryContext<DB>): Promise<boolean> {
  const id = message.headers?.get('ce-id');
  return id !== undefined && id !== '' && (await isApplied(delivery.db, delivery.name, id));
}

/**
 * Retries as long as a dependency is unavailable, and extends the delivery in the meantime: the server counts
 * deliveries, and an outage must not turn an event into a dead letter. @returns undefined if the consumer stops first.
 */
async function applyWithRetries<DB extends InboxTables>(
  message: JsMsg,
  delivery: DeliveryContext<DB>,
): Promise<Outcome | undefined> {
  const { name, telemetry, counters, ending, retryPauses } = delivery;
  for (let retries = 0; ; retries++) {
    try {
      return await applyMessage(message, delivery);
    } catch (error) {
      if (!isTransient(error)) throw error;
      if (ending.aborted) return undefined;
      const pauseMs = retryPauseMs(retries, retryPauses);
      counters.consumed.add(1, { consumer: name, outcome: 'postponed' });
      telemetry.log.warn(
        { err: error, consumer: name, sequence: message.seq, pauseMs },
        'event not applied, a dependency is unavailable; retrying',
      );
      await sleep(pauseMs, undefined, { signal: ending }).catch(() => undefined);
    }
  }
}

/**
 * Repeats the acknowledgement until the server confirms it: one that is lost with its connection would delay the
 * following events for the whole acknowledgement wait. If all are lost, the inbox recognizes the redelivery.
 */
async function acknowledge(message: JsMsg): Promise<void> {
  for (let attempt = 0; attempt < ACK_ATTEMPTS; attempt++) {
    if (await message.ackAck({ timeout: ACK_TIMEOUT_MS }).catch(() => false)) return;
    await sleep(ACK_PAUSE_MS);
  }
}

async function settleFailure<DB extends InboxTables>(
  message: JsMsg,
  delivery: DeliveryContext<DB>,
  error: unknown,
): Promise<void> {
  const { name, backoffMs, telemetry, counters } = delivery;
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof EventFormatError)
    return moveToDeadLetters(message, delivery, { consumer: name, reason: 'format', error: text });
  const pauseMs = backoffMs[message.info.deliveryCount - 1];
  if (pauseMs === undefined)
    return moveToDeadLetters(message, delivery, { consumer: name, reason: 'handler', error: text });
  counters.consumed.add(1, { consumer: name, outcome: 'failed' });
  telemetry.log.warn({ err: error, consumer: name, sequence: message.seq, pauseMs }, 'event not applied; retrying');
  message.nak(pauseMs);
}

async function moveToDeadLetters<DB extends InboxTables>(
  message: JsMsg,
  delivery: DeliveryContext<DB>,
  facts: DeadLetterFacts,
): Promise<void> {
  await deadLetter(delivery.jetstream, message, facts);
  delivery.counters.deadLettered.add(1, { consumer: facts.consumer, reason: facts.reason });
  delivery.telemetry.log.error(
    { ...facts, sequence: message.seq, subject: message.subject },
    'event moved to the dead letters',
  );
}

async function applyMessage<DB extends InboxTables>(message: JsMsg, delivery: DeliveryContext<DB>): Promise<Outcome> {
  const replayFor = replayForOf(message);
  if (replayFor !== undefined && replayFor !== delivery.name) return 'ignored';
  const event = fromMessage(message);
  // The catalogue ties type and payload together; the handler is looked up by the same type.
  const handler = delivery.handlers[event.type] as EventHandler<DB, typeof event.type> | undefined;
  if (!handler) return 'ignored';
  if (await isApplied(delivery.db, delivery.name, event.id)) return 'duplicate';
  return inSpan(event, delivery, () => handle(event, handler, delivery));
}

async function handle<DB extends InboxTables>(
  event: ReceivedEvent,
  handler: EventHandler<DB, ReceivedEvent['type']>,
  delivery: DeliveryContext<DB>,
): Promise<Outcome> {
  const entry = { consumer: delivery.name, event, fenced: delivery.fenced ?? false };
  let outcome: ApplyOutcome | undefined;
  const transact: Transact<DB> = async effect => {
    outcome = await applyOnce(delivery.db, entry, async trx => {
      await effect(trx);
      delivery.at('consumer.handled');
    });
    return outcome;
  };
  const traceparent = traceparentOf(trace.getActiveSpan());
  const { tenant } = event;
  await handler(event, transact, { tenant, signal: delivery.signal, ...(traceparent && { traceparent }) });
  // A handler that changed nothing has still handled the event.
  return outcome ?? transact(async () => {});
}

function inSpan<DB extends InboxTables, T>(
  event: ReceivedEvent,
  delivery: DeliveryContext<DB>,
  work: () => Promise<T>,
): Promise<T> {
  const attributes = {
    'messaging.system': 'nats',
    'messaging.message.id': event.id,
    'messaging.consumer.group.name': delivery.name,
  };
  const parent = extractTraceparent(event.traceparent);
  const span = delivery.telemetry.tracer.startSpan(
    `consume ${event.type}`,
    { kind: SpanKind.CONSUMER, attributes },
    parent,
  );
  return context.with(trace.setSpan(parent, span), async () => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}
