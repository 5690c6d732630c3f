import { EVENT_CATALOGUE, type EventType, encodeEvent } from '@athanor/contracts';
import { traceparentOf } from '@athanor/service';
import { trace } from '@opentelemetry/api';
import type { Kysely, Transaction } from 'kysely';
import { eventId, type NewEvent } from '../event.js';
import { eventSubject } from '../subject.js';
import type { OutboxTables } from './outbox-table.js';

/**
 * Writes an event beside the state change it tells of, in the same transaction: both happen or neither. The relay
 * publishes it after the commit; call its `wake()` then.
 *
 * @returns the event's id.
 * @throws a unique violation when this change of the aggregate was told before.
 */
export async function appendEvent<DB extends OutboxTables, T extends EventType>(
  trx: Transaction<DB>,
  event: NewEvent<T>,
): Promise<string> {
  if (!trx.isTransaction)
    throw new Error('appendEvent needs a transaction: the event must not outlive its state change');
  const { aggregate, event: name } = EVENT_CATALOGUE[event.type];
  const id = eventId(event);
  const outbox = trx as unknown as Kysely<OutboxTables>;
  await outbox
    .insertInto('outbox')
    .values({
      event_id: id,
      type: event.type,
      subject: eventSubject({ tenant: event.tenant, aggregate, id: event.aggregateId, event: name }),
      aggregate_version: event.aggregateVersion,
      payload: encodeEvent(event.type, event.payload),
      occurred_at: event.time ?? new Date(),
      traceparent: traceparentOf(trace.getActiveSpan()) ?? null,
      published_at: null,
    })
    .execute();
  return id;
}
