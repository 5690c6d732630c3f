import type { ChannelOptions } from './rpc/channel.js';
import { createStub, type Stub } from './rpc/stub.js';

/** Where the mesh's services are. */
export interface Addresses {
  readonly ingest: string;
  readonly training: string;
  readonly registry: string;
  readonly inference: string;
}

export interface AthanorClientOptions extends Omit<ChannelOptions, 'address' | 'credential'> {
  readonly addresses: Addresses;
  readonly apiKey: string;
}

/** The mesh as one object: a stub for each service. */
export interface AthanorClient {
  readonly ingest: Stub<'ingest'>;
  readonly training: Stub<'training'>;
  readonly registry: Stub<'registry'>;
  readonly events: Stub<'events'>;
  readonly inference: Stub<'inference'>;
  close(): void;
}

export function createAthanorClient({ addresses, apiKey, ...rest }: AthanorClientOptions): AthanorClient {
  const channel = (address: string): ChannelOptions => ({ ...rest, address, credential: apiKey });
  const client = {
    ingest: createStub('ingest', channel(addresses.ingest)),
    training: createStub('training', channel(addresses.training)),
    registry: createStub('registry', channel(addresses.registry)),
    events: createStub('events', channel(addresses.registry)),
    inference: createStub('inference', channel(addresses.inference)),
  };
  return {
    ...client,
    close() {
      for (const stub of Object.values(client)) stub.close();
    },
  };
}
