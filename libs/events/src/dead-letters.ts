/*
 * Lists and replays dead letters. A replay publishes the event again under its own subject, addressed to the one
 * consumer that failed (others and `tailEvents` skip it). The event keeps its id, so the inbox still applies it once.
 * Then the dead letter is removed.
 */
import { notFound } from '@athanor/service';
import { type JetStreamManager, jetstream, jetstreamManager, type StoredMsg } from '@nats-io/jetstream';
import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { DEAD_LETTER_HEADERS, type DeadLetterReason } from './consumer/dead-letter.js';
import type { ReceivedEvent } from './event.js';
import { fromMessage, REPLAY_FOR } from './event-message.js';
import { DEAD_LETTER_STREAM } from './stream-names.js';
import { deadLetterFilter, parseEventSubject } from './subject.js';

export interface DeadLetter {
  /** Sequence in the dead-letter stream; identifies it. */
  readonly sequence: number;
  readonly consumer: string;
  readonly reason: DeadLetterReason;
  readonly error: string;
  readonly deliveries: number;
  readonly time: Date;
  readonly subject: string;
  /** Sequence of the event in the event stream. */
  readonly eventSequence: number;
  readonly eventId: string;
  readonly eventType: string;
  readonly data: Uint8Array;
  /** Undefined if the bytes are not one of our events, which may be why it is a dead letter. */
  readonly event: ReceivedEvent | undefined;
}

export interface DeadLetterQuery {
  readonly tenant?: string;
  readonly consumer?: string;
  /** Default 50. */
  readonly limit?: number;
  /** Only those after this sequence. */
  readonly after?: number;
}

export interface DeadLetterPage {
  readonly deadLetters: readonly DeadLetter[];
  /** Pass as `after` for the next page; undefined at the end. */
  readonly next: number | undefined;
}

/** Oldest first. */
export async function listDeadLetters(
  connection: NatsConnection,
  query: DeadLetterQuery = {},
): Promise<DeadLetterPage> {
  const { tenant, consumer, limit = 50, after = 0 } = query;
  const manager = await jetstreamManager(connection);
  const next_by_subj = deadLetterFilter(consumer, tenant);
  const deadLetters: DeadLetter[] = [];
  for (let seq = after + 1; ; ) {
    const message = await manager.direct.getMessage(DEAD_LETTER_STREAM, { seq, next_by_subj });
    if (!message) return { deadLetters, next: undefined };
    if (deadLetters.length === limit) return { deadLetters, next: deadLetters.at(-1)!.sequence };
    deadLetters.push(toDeadLetter(message));
    seq = message.seq + 1;
  }
}

/**
 * @param tenant when given, only a dead letter of this tenant is found.
 * @throws ServiceError NOT_FOUND, also when it was replayed before.
 */
export async function replayDeadLetter(
  connection: NatsConnection,
  sequence: number,
  tenant?: string,
): Promise<DeadLetter> {
  const manager = await jetstreamManager(connection);
  const message = await findMessage(manager, sequence);
  const deadLetter = message && toDeadLetter(message);
  const foreign = tenant !== undefined && deadLetter && parseEventSubject(deadLetter.subject)?.tenant !== tenant;
  if (!deadLetter || foreign)
    throw notFound('dead letter', String(sequence), 'list the dead letters: athanor dead-letters list');
  // Deduplicated by the dead letter's sequence: a repeated replay publishes once, and a second failure is a new dead
  // letter.
  const msgID = `replay:${sequence}`;
  await jetstream(connection).publish(deadLetter.subject, deadLetter.data, {
    msgID,
    headers: replayHeaders(message, deadLetter),
  });
  await manager.streams.deleteMessage(DEAD_LETTER_STREAM, sequence);
  return deadLetter;
}

async function findMessage(manager: JetStreamManager, seq: number): Promise<StoredMsg | undefined> {
  return (await manager.streams.getMessage(DEAD_LETTER_STREAM, { seq })) ?? undefined;
}

function replayHeaders(message: StoredMsg, { consumer }: DeadLetter): MsgHdrs {
  const result = headers();
  for (const [key, values] of message.header ?? []) {
    if (!/^(ce-|content-type$|traceparent$)/i.test(key)) continue;
    for (const value of values) result.append(key, value);
  }
  result.set(REPLAY_FOR, consumer);
  return result;
}

function toDeadLetter(message: StoredMsg): DeadLetter {
  const header = (name: string) => message.header?.get(name) ?? '';
  const names = DEAD_LETTER_HEADERS;
  const subject = header(names.subject);
  return {
    sequence: message.seq,
    consumer: header(names.consumer),
    reason: header(names.reason) as DeadLetterReason,
    error: header(names.error),
    deliveries: Number(header(names.deliveries)),
    time: new Date(header(names.time)),
    subject,
    eventSequence: Number(header(names.sequence)),
    eventId: header('ce-id'),
    eventType: header('ce-type'),
    data: message.data,
    event: tryDecode(message, subject),
  };
}

function tryDecode(message: StoredMsg, subject: string): ReceivedEvent | undefined {
  try {
    return fromMessage({ subject, seq: message.seq, data: message.data, headers: message.header });
  } catch {
    return undefined;
  }
}
