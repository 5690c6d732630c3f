import { methodRule, ownerOf, type ServiceKey, serviceDefinition } from '@athanor/contracts';
import { openChannelCredentials } from '@athanor/tls';
import { Client, type ClientOptions } from '@grpc/grpc-js';
import type { CallOptions } from './call-options.js';
import { type Outage, OutageWatch } from './outage.js';

/** How to connect to one service. */
export interface ChannelOptions {
  /** "host:port", or any gRPC target, for example "dns:///athanor-ingest:8011". */
  readonly address: string;
  /** The bearer credential of each call: an API key, or a function that creates a token per call. */
  readonly credential: string | ((options: CallOptions) => Promise<string>);
  /** PEM file of the certificate authority; if set, the channel uses TLS. All files are reloaded when they change. */
  readonly caFile?: string | undefined;
  /** PEM files of the client's own certificate, for mutual TLS. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** Default deadline of unary calls. */
  readonly defaultTimeoutMs?: number;
  /** Whether a call with a deadline waits until then for an unreachable service, instead of failing at once. */
  readonly waitForReady?: boolean;
  /** Called when a call starts to wait for a connection, once per outage. */
  readonly onOutage?: ((outage: Outage) => void) | undefined;
}

export const DEFAULT_TIMEOUT_MS = 30_000;

// gRPC's own retries (proposal A6), with a budget so that an outage is not amplified. UNAVAILABLE does not say whether
// the call ran, because the connection may have been lost with the response. So only idempotent calls are retried;
// others gRPC retries without a policy only if they certainly never left this process or were refused unprocessed.
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

/** "/package.Service/Method" in the form of a service config. */
function toName(path: string) {
  const [, service, method] = path.split('/');
  return { service, method };
}

const CLIENT_OPTIONS: ClientOptions = {
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  // Reconnects soon after a service has restarted (the default waits up to two minutes).
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 500,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.enable_channelz': 0,
  'grpc-node.flow_control_window': 8 * 1024 * 1024,
};

/** A connection to one service, opened on first use. */
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
