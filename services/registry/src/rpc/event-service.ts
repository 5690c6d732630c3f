import type { ServiceImplementation } from '@athanor/contracts';
import type { DeadLetterInput, EventInput } from '@athanor/contracts/events';
import { type DeadLetter, listDeadLetters, type ReceivedEvent, replayDeadLetter, tailEvents } from '@athanor/events';
import { type CallContext, notFound, readPage, toTimestamp } from '@athanor/service';

type NatsConnection = Parameters<typeof tailEvents>[0];

/** The mesh's events for users; each tenant sees its own. */
export function eventService(connection: NatsConnection): ServiceImplementation<'events', CallContext> {
  return {
    async *tailEvents({ fromBeginning, stopAtEnd }, context) {
      const { tenant, signal } = context;
      context.mayBeSilent = true;
      const from = fromBeginning ? 'beginning' : 'new';
      for await (const event of tailEvents(connection, { tenant, from, stopAtEnd, signal }))
        yield { event: toEvent(event) };
    },

    async listDeadLetters(request, { tenant }) {
      const { size: limit, after } = readPage(request, 'number');
      const { deadLetters, next } = await listDeadLetters(connection, {
        tenant,
        limit,
        ...(after !== undefined && { after }),
      });
      const nextPageToken = next === undefined ? '' : Buffer.from(JSON.stringify(next)).toString('base64url');
      return { deadLetters: deadLetters.map(toDeadLetter), nextPageToken };
    },

    async replayDeadLetter({ sequence }, { tenant }) {
      // JetStream counts from 1 and rejects smaller numbers as a bad request.
      if (sequence < 1)
        throw notFound('dead letter', String(sequence), 'list the dead letters: athanor dead-letters list');
      await replayDeadLetter(connection, sequence, tenant);
      return {};
    },
  };
}

function toEvent(event: ReceivedEvent): EventInput {
  return {
    sequence: event.sequence,
    eventId: event.id,
    type: event.type,
    source: event.source,
    subject: event.subject,
    time: toTimestamp(event.time),
    dataJson: JSON.stringify(event.payload),
    traceparent: event.traceparent ?? '',
  };
}

function toDeadLetter(letter: DeadLetter): DeadLetterInput {
  const { sequence, consumer, reason, error, deliveries, event } = letter;
  const unreadable: EventInput = {
    sequence: letter.eventSequence,
    eventId: letter.eventId,
    type: letter.eventType,
    subject: letter.subject,
  };
  return {
    sequence,
    consumer,
    reason: `${reason}: ${error}`,
    deliveries,
    event: event === undefined ? unreadable : toEvent(event),
  };
}
