import { EVENT_CATALOGUE, type EventType, encodeEvent } from '@athanor/contracts';
import { traceparentOf } from '@athanor/service';
import { trace } from '@opentelemetry/api';
import type { Kysely, Transaction } from 'kysely';
import { eventId, type NewEvent } from '../event.js';
import { eventSubject } from '../subject.js';
import type { OutboxTables } from './outbox-table.js';

/**
 * Appends an event in the transaction of its state change: both are committed or neither. The relay publishes it after
 * the commit; call its `wake()` then.
 *
 * @returns the event's id.
 * @throws a unique violation if this change of the aggregate already has an event.
 */
export async function appendEvent<DB extends OutboxTables, T extends EventType>(
  trx: Transaction<DB>,
  event: NewEvent<T>,
): Promise<string> {
  if (!trx.isTransaction)
    throw new Error(
      'appendEvent must be called in a transaction, so that the event is committed with its state change or not at all',
    );
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
