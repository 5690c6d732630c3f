import { EVENT_CATALOGUE, type EventType, encodeEvent, eventSource } from '@athanor/contracts';
import { jetstream } from '@nats-io/jetstream';
import { connectNats, type NatsOptions } from './connect-nats.js';
import { eventId, type NewEvent } from './event.js';
import { toHeaders } from './event-message.js';
import { eventSubject } from './subject.js';

const PUBLISH_TIMEOUT_MS = 5_000;

/**
 * Publishes one event of a service without a database, over a connection of its own. The stream stores it once, however
 * often and by however many processes it is published. Throws if NATS did not acknowledge it.
 */
export async function publishEvent<T extends EventType>(nats: NatsOptions, event: NewEvent<T>): Promise<void> {
  const { type, tenant, aggregateId, aggregateVersion, payload, time = new Date() } = event;
  const kind = EVENT_CATALOGUE[type];
  const subject = eventSubject({ tenant, aggregate: kind.aggregate, id: aggregateId, event: kind.event });
  const id = eventId(event);
  const attributes = { id, type, source: eventSource(type), subject, aggregateVersion, time, traceparent: null };
  const connection = await connectNats(nats);
  try {
    const client = jetstream(connection, { timeout: PUBLISH_TIMEOUT_MS });
    await client.publish(subject, encodeEvent(type, payload), { msgID: id, headers: toHeaders(attributes) });
  } finally {
    await connection.close();
  }
}
