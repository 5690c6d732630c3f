import { availableParallelism } from 'node:os';
import { createBlobStore } from '@athanor/blobs';
import { createStub } from '@athanor/client';
import { type DatabaseEngine, openDatabase } from '@athanor/database';
import { connectNats, ensureStreams, startRelay } from '@athanor/events';
import {
  Closing,
  createTelemetry,
  natsOptions,
  openTokenAuthority,
  peerChannel,
  type ServiceApp,
  s3Options,
  startService,
} from '@athanor/service';
import type { TrainingConfig } from './config.js';
import { openExecutor } from './executors/open-executor.js';
import { Dispatcher } from './jobs/dispatcher.js';
import { attemptService } from './rpc/attempt-service.js';
import { trainingService } from './rpc/training-service.js';
import { MIGRATIONS } from './store/migrations.js';
import type { TrainingTables } from './store/tables.js';

export interface AppOptions {
  readonly config: TrainingConfig;
  /** A database that the process shares; without it the app opens its own. */
  readonly database?: DatabaseEngine;
}

/** Composition root: opens what training needs, and closes it again when a later step fails. */
export async function startTraining({ config, database }: AppOptions): Promise<ServiceApp> {
  const closing = new Closing();
  try {
    const telemetry = createTelemetry({
      service: 'training',
      logLevel: config.LOG_LEVEL,
      otlpEndpoint: config.OTLP_ENDPOINT,
    });
    closing.add(() => telemetry.shutdown());
    const { log } = telemetry;
    const engine = database ?? (await openDatabase(config.DATABASE_URL, { log }));
    if (database === undefined) closing.add(() => engine.close());
    const db = await engine.open<TrainingTables>({ schema: 'training', migrations: MIGRATIONS });
    const blobs = await createBlobStore(config.BLOB_URL, { s3: s3Options(config) });
    closing.add(() => blobs.close());
    const connection = await connectNats({ ...natsOptions(config), name: 'training', log });
    closing.add(() => connection.close());
    await ensureStreams(connection, { replicas: config.NATS_STREAM_REPLICAS });
    const tokens = await openTokenAuthority(config);
    const ingest = createStub('ingest', {
      ...peerChannel('training', config, tokens),
      address: config.INGEST_ADDRESS,
    });
    closing.add(() => ingest.close());
    const relay = startRelay({ db, connection, telemetry });
    closing.add(() => relay.stop());
    const { LEASE_MS: leaseMs, MAX_ATTEMPTS: maxAttempts } = config;
    let dispatcher: Dispatcher | undefined;
    const wake = () => {
      dispatcher?.wake();
      relay.wake();
    };
    const training = trainingService({
      ...{ db, blobs, ingest, onChanged: wake },
      defaultCpuThreads: config.CPU_THREADS,
      maxCpuThreads: Math.max(availableParallelism(), config.CPU_THREADS),
    });
    const attempts = attemptService({ db, blobs, ingest, leaseMs, maxAttempts, onEnded: wake });
    const service = await startService({ name: 'training', config, telemetry, services: { training, attempts } });
    closing.add(() => service.stop());
    const started = new Dispatcher({
      ...{ db, tokens, log, leaseMs, maxAttempts },
      createExecutor: await openExecutor(config, service.port),
    });
    // Stopped first: attempts say their last words to a service that still answers.
    closing.add(() => started.stop());
    await started.start();
    dispatcher = started;
    service.setReady(true);
    const { port, adminPort, meshPort } = service;
    return { port, adminPort, meshPort, stop: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}
