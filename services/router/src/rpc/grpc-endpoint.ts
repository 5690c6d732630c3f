import { type ChannelCredentials, Client, type ClientOptions, connectivityState } from '@grpc/grpc-js';
import type { Endpoint } from '../pools/endpoint.js';
import type { Pool } from '../pools/pool.js';
import type { HostPort } from '../pools/resolve-hosts.js';

const CLIENT_OPTIONS: ClientOptions = {
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.enable_channelz': 0,
  'grpc.enable_retries': 1,
  'grpc.use_local_subchannel_pool': 1,
  'grpc-node.flow_control_window': 8 * 1024 * 1024,
};

export type GrpcPool = Pool<GrpcEndpoint>;

/**
 * A process of a pool, called on its mesh listener. After it is removed from the pool, its calls in flight are
 * completed.
 */
export class GrpcEndpoint implements Endpoint {
  readonly client: Client;
  readonly target: string;
  #inFlight = 0;
  #isRetired = false;

  constructor({ host, target }: HostPort, credentials: ChannelCredentials) {
    this.target = target;
    this.client = new Client(target, credentials, { ...CLIENT_OPTIONS, 'grpc.ssl_target_name_override': host });
    // Connects before the first request needs it.
    this.client.getChannel().getConnectivityState(true);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get distance(): number {
    const state = this.client.getChannel().getConnectivityState(true);
    if (state === connectivityState.READY) return 0;
    return state === connectivityState.TRANSIENT_FAILURE ? 2 : 1;
  }

  /** Counts a call as in flight until the returned function is called. */
  enter(): () => void {
    this.#inFlight++;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#inFlight--;
      this.#closeWhenIdle();
    };
  }

  retire(): void {
    this.#isRetired = true;
    this.#closeWhenIdle();
  }

  #closeWhenIdle(): void {
    if (this.#isRetired && this.#inFlight === 0) this.client.close();
  }
}
