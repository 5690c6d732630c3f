import { EVENT_CATALOGUE, type EventPayloads, type EventType } from '@athanor/contracts';

/** An event to publish, appended by a service with its state change. */
export interface NewEvent<T extends EventType = EventType> {
  readonly type: T;
  readonly tenant: string;
  readonly aggregateId: string;
  /** Version of the aggregate after the change; increases with each change, so that late deliveries can be detected. */
  readonly aggregateVersion: number;
  readonly payload: EventPayloads[T];
  /** Default: now. */
  readonly time?: Date;
}

/** A received event: CloudEvents 1.0 attributes, the aggregate's version, and the decoded payload. */
export interface ReceivedEvent<T extends EventType = EventType> {
  readonly id: string;
  readonly type: T;
  readonly source: string;
  readonly subject: string;
  readonly tenant: string;
  readonly aggregateId: string;
  readonly aggregateVersion: number;
  readonly time: Date;
  readonly payload: EventPayloads[T];
  readonly traceparent: string | undefined;
  /** Sequence in the stream. */
  readonly sequence: number;
  /** The consumer for which a dead letter was replayed; undefined for a first publication. */
  readonly replayFor: string | undefined;
}

/** The same for the same change, however often it is published, so that an event is stored once and applied once. */
export function eventId(event: Pick<NewEvent, 'type' | 'tenant' | 'aggregateId' | 'aggregateVersion'>): string {
  const kind = EVENT_CATALOGUE[event.type];
  return [event.tenant, kind.aggregate, event.aggregateId, event.aggregateVersion, kind.event].join('/');
}
