import { setTimeout as sleep } from 'node:timers/promises';
import type { EventType } from '@athanor/contracts';
import {
  type Consumer,
  DeliverPolicy,
  JetStreamApiError,
  type JsMsg,
  jetstream,
  type OrderedConsumerOptions,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { ReceivedEvent } from './event.js';
import { EventFormatError, fromMessage } from './event-message.js';
import { EVENT_STREAM } from './stream-names.js';
import { eventFilter } from './subject.js';

const OPEN_TIMEOUT_MS = 15_000;
const REOPEN_PAUSE_MS = 200;

export interface TailOptions {
  readonly tenant?: string;
  readonly types?: readonly EventType[];
  /** `new`: only new events (default). `beginning`: all stored events. A number: from this sequence on. */
  readonly from?: 'new' | 'beginning' | number;
  /** End after the events that were stored at the start. */
  readonly stopAtEnd?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Yields events in order, for displaying and waking: it keeps no state on the server, acknowledges nothing, and resumes
 * after the server was unavailable. Replays of dead letters and messages that are not events are skipped.
 */
export async function* tailEvents(
  connection: NatsConnection,
  options: TailOptions = {},
): AsyncGenerator<ReceivedEvent> {
  const { signal, types, stopAtEnd = false } = options;
  const opened = await openTail(connection, options);
  if (!opened || (stopAtEnd && opened.pending === 0)) return;
  const { consumer } = opened;
  const messages = await consumer.consume({ expires: 5_000 });
  const stop = () => messages.stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    if (signal?.aborted) return;
    for await (const message of messages) {
      const event = readEvent(message);
      if (event && (!types || types.includes(event.type))) yield event;
      if (stopAtEnd && message.info.pending === 0) return;
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    await messages.close();
    await consumer.delete().catch(() => false);
  }
}

/** Waits a while for an unavailable server. @returns undefined if aborted meanwhile. */
async function openTail(
  connection: NatsConnection,
  options: TailOptions,
): Promise<{ consumer: Consumer; pending: number } | undefined> {
  const deadline = performance.now() + OPEN_TIMEOUT_MS;
  while (!options.signal?.aborted) {
    try {
      const consumer = await jetstream(connection).consumers.get(EVENT_STREAM, orderedOptions(options));
      return { consumer, pending: (await consumer.info()).num_pending };
    } catch (error) {
      if (error instanceof JetStreamApiError || performance.now() > deadline) throw error;
      await sleep(REOPEN_PAUSE_MS);
    }
  }
  return undefined;
}

function orderedOptions({ tenant, types = [], from = 'new' }: TailOptions): Partial<OrderedConsumerOptions> {
  const filter_subjects = eventFilter(types, tenant);
  if (from === 'new') return { filter_subjects, deliver_policy: DeliverPolicy.New };
  if (from === 'beginning') return { filter_subjects, deliver_policy: DeliverPolicy.All };
  return { filter_subjects, deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from };
}

function readEvent(message: JsMsg): ReceivedEvent | undefined {
  try {
    const event = fromMessage(message);
    return event.replayFor === undefined ? event : undefined;
  } catch (error) {
    if (error instanceof EventFormatError) return undefined;
    throw error;
  }
}
