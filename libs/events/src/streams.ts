/*
 * The streams as data. Only what nats-server 2.9 knows: an older server drops an unknown setting silently, so what it
 * made is read back and compared.
 */
import {
  DiscardPolicy,
  JetStreamApiError,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { type NatsConnection, nanos } from '@nats-io/transport-node';
import { DEAD_LETTER_STREAM, EVENT_STREAM } from './stream-names.js';

type StreamSpec = Pick<
  StreamConfig,
  'subjects' | 'retention' | 'storage' | 'discard' | 'max_msg_size' | 'duplicate_window' | 'allow_direct'
> & {
  readonly description: string;
};

const KEPT: Pick<StreamSpec, 'retention' | 'storage' | 'discard' | 'max_msg_size' | 'allow_direct'> = {
  retention: RetentionPolicy.Limits,
  storage: StorageType.File,
  discard: DiscardPolicy.New,
  max_msg_size: 1024 * 1024,
  // Reading "the next one of this subject" is a direct get.
  allow_direct: true,
};

const HOUR_MS = 3_600_000;

export const STREAMS: { readonly [name: string]: StreamSpec } = {
  [EVENT_STREAM]: {
    ...KEPT,
    description: 'Facts of the mesh, kept for audit and replay',
    subjects: ['athanor.v1.>'],
    // A relay that died between publishing and marking publishes again when it is back: within this, only once.
    duplicate_window: nanos(HOUR_MS),
  },
  [DEAD_LETTER_STREAM]: {
    ...KEPT,
    description: 'Facts that a consumer could not apply, kept until they are replayed',
    subjects: ['dlq.athanor.>'],
    duplicate_window: nanos(HOUR_MS),
  },
};

const NAME_IN_USE = 10058;

export interface StreamOptions {
  /** 1 on a single server, 3 in a cluster. Undefined: what the operator has made of them; 1 where they are new. */
  readonly replicas?: number | undefined;
}

/** Creates what is missing and updates what differs. Every service may call it at its start, also all at once. */
export async function ensureStreams(connection: NatsConnection, options: StreamOptions = {}): Promise<void> {
  const manager = await jetstreamManager(connection);
  for (const [name, spec] of Object.entries(STREAMS)) {
    const wanted = { ...spec, ...(options.replicas !== undefined && { num_replicas: options.replicas }) };
    try {
      await manager.streams.add({ name, ...wanted });
    } catch (error) {
      if (!(error instanceof JetStreamApiError) || error.code !== NAME_IN_USE) throw error;
      await manager.streams.update(name, wanted);
    }
    const { config } = await manager.streams.info(name);
    checkApplied(name, wanted, config);
  }
}

/** @throws when the server keeps another value than the one it was given. */
export function checkApplied(name: string, wanted: object, applied: object): void {
  for (const [key, value] of Object.entries(wanted)) {
    const found = (applied as Record<string, unknown>)[key];
    if (JSON.stringify(found) !== JSON.stringify(value)) {
      const message = `${name}: ${key} is ${JSON.stringify(found)}, expected ${JSON.stringify(value)}; is nats-server older than 2.9?`;
      throw new Error(message);
    }
  }
}
