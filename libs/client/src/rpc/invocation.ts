import type { ServiceKey } from '@athanor/contracts';
import type { Client, MethodDefinition } from '@grpc/grpc-js';
import type { CallOptions } from './call-options.js';
import type { ChannelOptions } from './channel.js';
import type { OutageWatch } from './outage.js';

/** One call of a method, before it is sent. */
export interface Invocation {
  readonly service: ServiceKey;
  readonly client: Client;
  readonly outages: OutageWatch | undefined;
  readonly method: MethodDefinition<unknown, unknown>;
  readonly channel: ChannelOptions;
  readonly options: CallOptions;
  readonly defaultTimeoutMs: number | undefined;
}
