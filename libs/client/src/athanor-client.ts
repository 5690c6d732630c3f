import { type LaptopService, ownerOf } from '@athanor/contracts';
import type { ChannelOptions } from './rpc/channel.js';
import { createStub, type Stub } from './rpc/stub.js';

/** Addresses of the mesh's services, or of a gateway in front of them. */
export type Addresses = Readonly<Record<LaptopService, string>>;

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
  readonly inferenceStatus: Stub<'inferenceStatus'>;
  close(): void;
}

/** Stubs are created on first use: a program that calls one service loads the messages of that service only. */
export function createAthanorClient({ addresses, apiKey, ...rest }: AthanorClientOptions): AthanorClient {
  const made = new Map<ClientService, { close(): void }>();
  const stub = <K extends ClientService>(key: K): Stub<K> => {
    const address = addresses[ownerOf(key) as LaptopService];
    const found = made.get(key) ?? createStub(key, { waitForReady: true, ...rest, address, credential: apiKey });
    made.set(key, found);
    return found as Stub<K>;
  };
  return {
    get ingest() {
      return stub('ingest');
    },
    get training() {
      return stub('training');
    },
    get registry() {
      return stub('registry');
    },
    get events() {
      return stub('events');
    },
    get inference() {
      return stub('inference');
    },
    get inferenceStatus() {
      return stub('inferenceStatus');
    },
    close() {
      for (const each of made.values()) each.close();
    },
  };
}

type ClientService = Exclude<keyof AthanorClient, 'close'>;
