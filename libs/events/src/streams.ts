/*
 * The streams as data. Only settings that nats-server 2.9 knows: an older server drops an unknown setting silently, so
 * the stored configuration is read back and compared.
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
  // Allows direct gets, used to read the next message of a subject.
  allow_direct: true,
};

const HOUR_MS = 3_600_000;

export const STREAMS: { readonly [name: string]: StreamSpec } = {
  [EVENT_STREAM]: {
    ...KEPT,
    description: 'Events of the mesh, kept for audit and replay',
    subjects: ['athanor.v1.>'],
    // Deduplication window: a relay that died between publishing and marking publishes the event again after its
    // restart.
    duplicate_window: nanos(HOUR_MS),
  },
  [DEAD_LETTER_STREAM]: {
    ...KEPT,
    description: 'Events that a consumer could not apply, kept until they are replayed',
    subjects: ['dlq.athanor.>'],
    duplicate_window: nanos(HOUR_MS),
  },
};

const NAME_IN_USE = 10058;

export interface StreamOptions {
  /** 1 on a single server, 3 in a cluster. Undefined: keeps the operator's setting; 1 for new streams. */
  readonly replicas?: number | undefined;
}

/** Creates missing streams and updates different ones. Every service may call it at start-up, also concurrently. */
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

/** @throws if the server stored a different value than the one it was given. */
export function checkApplied(name: string, wanted: object, applied: object): void {
  for (const [key, value] of Object.entries(wanted)) {
    const found = (applied as Record<string, unknown>)[key];
    if (JSON.stringify(found) !== JSON.stringify(value)) {
      const message = `${name}: ${key} is ${JSON.stringify(found)}, expected ${JSON.stringify(value)}; is nats-server older than 2.9?`;
      throw new Error(message);
    }
  }
}
