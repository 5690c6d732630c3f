import type { JetStreamClient, JsMsg } from '@nats-io/jetstream';
import { headers, type MsgHdrs } from '@nats-io/transport-node';
import { deadLetterSubject } from '../subject.js';

/**
 * `format`: not one of our events. `handler`: it failed too often. `crash`: it was delivered too often without an
 * acknowledgement.
 */
export type DeadLetterReason = 'format' | 'handler' | 'crash';

export interface DeadLetterFacts {
  readonly consumer: string;
  readonly reason: DeadLetterReason;
  readonly error: string;
}

export const DEAD_LETTER_HEADERS = {
  consumer: 'Athanor-Consumer',
  reason: 'Athanor-Reason',
  error: 'Athanor-Error',
  deliveries: 'Athanor-Deliveries',
  subject: 'Athanor-Subject',
  sequence: 'Athanor-Sequence',
  time: 'Athanor-Time',
} as const;

const ERROR_LIMIT_CHARS = 1_000;

/**
 * Publishes the dead letter, waits until it is stored, and only then terminates the delivery. Repeating it stores it
 * once.
 */
export async function deadLetter(jetstream: JetStreamClient, message: JsMsg, facts: DeadLetterFacts): Promise<void> {
  const { consumer } = facts;
  const subject = deadLetterSubject(consumer, message.subject);
  const msgID = `${message.info.stream}:${message.seq}:${consumer}`;
  await jetstream.publish(subject, message.data, { msgID, headers: deadLetterHeaders(message, facts) });
  // Without a reason, because servers before 2.10.4 do not accept one.
  message.term();
}

function deadLetterHeaders(message: JsMsg, { consumer, reason, error }: DeadLetterFacts): MsgHdrs {
  const result = headers();
  for (const [key, values] of message.headers ?? []) {
    if (key.toLowerCase() === 'nats-msg-id') continue;
    for (const value of values) result.append(key, value);
  }
  const names = DEAD_LETTER_HEADERS;
  result.set(names.consumer, consumer);
  result.set(names.reason, reason);
  result.set(names.error, error.replace(/[\r\n]+/g, ' ').slice(0, ERROR_LIMIT_CHARS));
  result.set(names.deliveries, String(message.info.deliveryCount));
  result.set(names.subject, message.subject);
  result.set(names.sequence, String(message.seq));
  result.set(names.time, new Date().toISOString());
  return result;
}
