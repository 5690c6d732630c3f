export { connectNats, type NatsOptions } from './connect-nats.js';
export type { ConsumerOptions, ConsumerPoint } from './consumer/consumer-options.js';
export type { DeadLetterReason } from './consumer/dead-letter.js';
export type { EventHandler, EventHandlers, EventOutgoing, Transact } from './consumer/event-handler.js';
export { type EventConsumer, startConsumer } from './consumer/start-consumer.js';
export {
  type DeadLetter,
  type DeadLetterPage,
  type DeadLetterQuery,
  listDeadLetters,
  replayDeadLetter,
} from './dead-letters.js';
export { eventId, type NewEvent, type ReceivedEvent } from './event.js';
export type { EventLog, EventTelemetry } from './event-telemetry.js';
export type { ApplyOutcome } from './inbox/apply-once.js';
export { type InboxTables, inboxMigration } from './inbox/inbox-table.js';
export { appendEvent } from './outbox/append-event.js';
export { type OutboxTables, outboxFailuresMigration, outboxMigration } from './outbox/outbox-table.js';
export { type Relay, type RelayOptions, type RelayPoint, startRelay } from './outbox/relay.js';
export { DEAD_LETTER_STREAM, EVENT_STREAM } from './stream-names.js';
export { ensureStreams, type StreamOptions } from './streams.js';
export { type TailOptions, tailEvents } from './tail-events.js';
