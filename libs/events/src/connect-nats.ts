import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { EventLog } from './event-telemetry.js';
import { inboxPrefix } from './stream-names.js';

export interface NatsOptions {
  readonly url: string;
  /** Name of the connection, for the server's monitoring, and of its inbox: the service's name. */
  readonly name: string;
  readonly user?: string;
  readonly password?: string;
  /** PEM file of the certificate authority of the servers. */
  readonly caFile?: string | undefined;
  readonly log?: EventLog;
}

const RECONNECT_WAIT_MS = 250;

/**
 * A connection that reconnects without limit. Requests in the meantime time out and are retried by the relay and the
 * consumers.
 */
export async function connectNats(options: NatsOptions): Promise<NatsConnection> {
  const { url, name, user, password, caFile, log } = options;
  const connection = await connect({
    servers: url,
    name,
    inboxPrefix: inboxPrefix(name),
    ...(user === undefined ? {} : { user, pass: password ?? '' }),
    ...(caFile === undefined ? {} : { tls: { caFile } }),
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    reconnectJitter: RECONNECT_WAIT_MS,
    waitOnFirstConnect: false,
    ignoreAuthErrorAbort: true,
  });
  if (log) void reportStatus(connection, log);
  return connection;
}

async function reportStatus(connection: NatsConnection, log: EventLog): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') log.warn({ nats: status.server }, 'NATS connection lost');
    if (status.type === 'reconnect') log.info({ nats: status.server }, 'NATS connection restored');
  }
}
