import { type BlobStore, createBlobStore } from '@athanor/blobs';
import { SERVICES, type ServiceName } from '@athanor/contracts';
import { type DatabaseEngine, type Migration, openDatabase } from '@athanor/database';
import { connectNats, ensureStreams, type OutboxTables, type Relay, startRelay } from '@athanor/events';
import {
  type Closing,
  createTelemetry,
  natsOptions,
  openTokenAuthority,
  type ServiceConfig,
  type StateConfig,
  s3Options,
  type Telemetry,
  type TokenAuthority,
} from '@athanor/service';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Kysely } from 'kysely';

export interface ServiceStateOptions {
  readonly name: ServiceName;
  readonly config: ServiceConfig & StateConfig;
  readonly migrations: readonly Migration[];
  /** Database of the host process; if absent, the service opens its own. */
  readonly database?: DatabaseEngine | undefined;
  /** Closes what is opened here, in reverse order. */
  readonly closing: Closing;
}

/** The resources of every service that owns data. */
export interface ServiceState<Tables extends OutboxTables> {
  readonly telemetry: Telemetry;
  readonly db: Kysely<Tables>;
  readonly blobs: BlobStore;
  readonly connection: NatsConnection;
  readonly tokens: TokenAuthority;
  /** Publishes the events that the service's transactions append to its outbox. */
  readonly relay: Relay;
}

/** Opens telemetry, the service's schema, blobs and NATS, and starts the relay of its outbox. */
export async function openServiceState<Tables extends OutboxTables>(
  options: ServiceStateOptions,
): Promise<ServiceState<Tables>> {
  const { name, config, migrations, database, closing } = options;
  const telemetry = createTelemetry({ service: name, logLevel: config.LOG_LEVEL, otlpEndpoint: config.OTLP_ENDPOINT });
  closing.add(() => telemetry.shutdown());
  const { log } = telemetry;
  const engine = database ?? (await openDatabase(config.DATABASE_URL, { log }));
  if (database === undefined) closing.add(() => engine.close());
  const db = await engine.open<Tables>({ schema: name, migrations });
  const blobs = await createBlobStore(config.BLOB_URL, { s3: s3Options(config) });
  closing.add(() => blobs.close());
  const connection = await connectNats({ ...natsOptions(config), name, log });
  closing.add(() => connection.close());
  if (SERVICES[name].publishes.length > 0) await ensureStreams(connection, { replicas: config.NATS_STREAM_REPLICAS });
  const tokens = await openTokenAuthority(config);
  const relay = startRelay({ db, connection, telemetry });
  closing.add(() => relay.stop());
  return { telemetry, db, blobs, connection, tokens, relay };
}
