// For readers only: without outbox, inbox and the database that they need.
export { connectNats, type NatsOptions } from './connect-nats.js';
export { type TailOptions, tailEvents } from './tail-events.js';
