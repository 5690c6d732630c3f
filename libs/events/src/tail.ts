// For those who only listen: without outbox, inbox and the database that they are kept in.
export { connectNats, type NatsOptions } from './connect-nats.js';
export { type TailOptions, tailEvents } from './tail-events.js';
