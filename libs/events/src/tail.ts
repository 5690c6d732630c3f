// For services without a database: no outbox, no inbox.
export { connectNats, type NatsOptions } from './connect-nats.js';
export { publishEvent } from './publish-event.js';
export { type TailOptions, tailEvents } from './tail-events.js';
