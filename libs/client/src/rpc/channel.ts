import { methodRule, ownerOf, type ServiceKey, serviceDefinition } from '@athanor/contracts';
import { openChannelCredentials } from '@athanor/tls';
import { Client, type ClientOptions } from '@grpc/grpc-js';
import type { CallOptions } from './call-options.js';
import { type Outage, OutageWatch } from './outage.js';

/** How to reach one service. */
export interface ChannelOptions {
  /** "host:port", or any gRPC target, for example "dns:///athanor-ingest:8011". */
  readonly address: string;
  /** The bearer credential of each call: an API key, or a token made for the call. */
  readonly credential: string | ((options: CallOptions) => Promise<string>);
  /** PEM file of the certificate authority; given, the channel uses TLS. All files are read again when they change. */
  readonly caFile?: string | undefined;
  /** PEM files of the caller's own certificate, for listeners that ask for one (mutual TLS). */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** Deadline of unary calls that are given none. */
  readonly defaultTimeoutMs?: number;
  /** Whether a call with a deadline waits until then for a service that cannot be reached, instead of failing at once. */
  readonly waitForReady?: boolean;
  /** Told when a call begins to wait so, once for each time in which there is no connection. */
  readonly onOutage?: ((outage: Outage) => void) | undefined;
}

export const DEFAULT_TIMEOUT_MS = 30_000;

// gRPC's own retries (proposal A6), with a budget so that an outage is not amplified. UNAVAILABLE does not say whether the
// call ran: a connection may have gone with the answer. So only what may run twice is repeated; of the others gRPC
// repeats by itself, without a policy, what surely never left this process or was refused unseen.
const RETRY_POLICY = {
  maxAttempts: 4,
  initialBackoff: '0.1s',
  maxBackoff: '2s',
  backoffMultiplier: 2,
  retryableStatusCodes: ['UNAVAILABLE'],
};

function serviceConfig(key: ServiceKey): string {
  const repeatable = Object.values(serviceDefinition(key)).filter(({ path }) => methodRule(path)?.isIdempotent);
  return JSON.stringify({
    loadBalancingConfig: [{ round_robin: {} }],
    methodConfig: [{ name: repeatable.map(({ path }) => toName(path)), retryPolicy: RETRY_POLICY }],
    retryThrottling: { maxTokens: 10, tokenRatio: 0.1 },
  });
}

/** "/package.Service/Method" as a service config names it. */
function toName(path: string) {
  const [, service, method] = path.split('/');
  return { service, method };
}

const CLIENT_OPTIONS: ClientOptions = {
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  // A service that is started again is found again soon (the default waits up to two minutes).
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 1_000,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.enable_channelz': 0,
  'grpc-node.flow_control_window': 8 * 1024 * 1024,
};

/** A connection to one service, made when it is first used. */
export interface Channel {
  readonly client: Client;
  readonly outages: OutageWatch | undefined;
  close(): void;
}

export function openChannel(key: ServiceKey, options: ChannelOptions): Channel {
  const { address, caFile, certFile, keyFile, onOutage } = options;
  const security = openChannelCredentials({ caFile, certFile, keyFile });
  const client = new Client(address, security.credentials, {
    ...CLIENT_OPTIONS,
    'grpc.service_config': serviceConfig(key),
  });
  return {
    client,
    outages: onOutage && new OutageWatch(client, untilMs => onOutage({ service: ownerOf(key), address, untilMs })),
    close() {
      client.close();
      security.close();
    },
  };
}
