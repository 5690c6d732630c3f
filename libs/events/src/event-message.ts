/*
 * An event on the wire: CloudEvents attributes as headers (NATS protocol binding 1.0, binary mode), W3C trace context,
 * and the protobuf payload as the body.
 */
import { decodeEvent, type EventType, isEventType } from '@athanor/contracts';
import { headers, type MsgHdrs } from '@nats-io/transport-node';
import type { ReceivedEvent } from './event.js';
import { parseEventSubject } from './subject.js';

export interface EventAttributes {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly aggregateVersion: number;
  readonly time: Date;
  readonly traceparent: string | null;
}

export const REPLAY_FOR = 'Athanor-Replay-For';

export function toHeaders(event: EventAttributes): MsgHdrs {
  const result = headers();
  result.set('ce-specversion', '1.0');
  result.set('ce-id', event.id);
  result.set('ce-source', event.source);
  result.set('ce-type', event.type);
  result.set('ce-subject', event.subject);
  result.set('ce-time', event.time.toISOString());
  result.set('ce-aggregateversion', String(event.aggregateVersion));
  result.set('content-type', 'application/protobuf');
  if (event.traceparent) result.set('traceparent', event.traceparent);
  return result;
}

/** Common part of messages from consumers (`JsMsg`) and direct reads (`StoredMsg`). */
export interface EventMessage {
  readonly subject: string;
  readonly seq: number;
  readonly data: Uint8Array;
  readonly headers: MsgHdrs | undefined;
}

/** @throws EventFormatError for anything that is not one of our events. */
export function fromMessage(message: EventMessage): ReceivedEvent {
  const parts = parseEventSubject(message.subject);
  if (!parts) throw new EventFormatError(`subject ${message.subject} is not the subject of an event`);
  const type = requiredHeader(message, 'ce-type');
  if (!isEventType(type))
    throw new EventFormatError(`ce-type ${JSON.stringify(type)} is not in the catalogue of this version`);
  const time = new Date(requiredHeader(message, 'ce-time'));
  const aggregateVersion = Number(requiredHeader(message, 'ce-aggregateversion'));
  if (Number.isNaN(time.getTime())) throw new EventFormatError('ce-time is not a time');
  if (!Number.isSafeInteger(aggregateVersion)) throw new EventFormatError('ce-aggregateversion is not an integer');
  return {
    id: requiredHeader(message, 'ce-id'),
    type,
    source: requiredHeader(message, 'ce-source'),
    subject: message.subject,
    tenant: parts.tenant,
    aggregateId: parts.id,
    aggregateVersion,
    time,
    payload: decode(type, message.data),
    traceparent: message.headers?.get('traceparent') || undefined,
    sequence: message.seq,
    replayFor: replayForOf(message),
  };
}

export function replayForOf(message: EventMessage): string | undefined {
  return message.headers?.get(REPLAY_FOR) || undefined;
}

export class EventFormatError extends Error {
  override readonly name = 'EventFormatError';
}

function requiredHeader(message: EventMessage, name: string): string {
  const value = message.headers?.get(name);
  if (!value) throw new EventFormatError(`header ${name} is missing`);
  return value;
}

function decode<T extends EventType>(type: T, bytes: Uint8Array): ReceivedEvent<T>['payload'] {
  try {
    return decodeEvent(type, bytes);
  } catch (cause) {
    throw new EventFormatError(
      `the payload is not a ${type}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}
