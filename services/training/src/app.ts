import { availableParallelism } from 'node:os';
import { createStub } from '@athanor/client';
import type { DatabaseEngine } from '@athanor/database';
import { Closing, peerChannel, type ServiceApp, startService } from '@athanor/service';
import { openServiceState } from '@athanor/service-state';
import type { TrainingConfig } from './config.js';
import { openExecutor } from './executors/open-executor.js';
import { Dispatcher } from './jobs/dispatcher.js';
import { attemptService } from './rpc/attempt-service.js';
import { trainingService } from './rpc/training-service.js';
import { MIGRATIONS } from './store/migrations.js';
import type { TrainingTables } from './store/tables.js';

export interface AppOptions {
  readonly config: TrainingConfig;
  /** Database of the host process. If absent, the app opens its own. */
  readonly database?: DatabaseEngine;
}

/** Composition root: opens what training needs, and closes it again if a later step fails. */
export async function startTraining({ config, database }: AppOptions): Promise<ServiceApp> {
  const closing = new Closing();
  try {
    const state = await openServiceState<TrainingTables>({
      name: 'training',
      config,
      migrations: MIGRATIONS,
      database,
      closing,
    });
    const { telemetry, db, blobs, tokens, relay } = state;
    const { log } = telemetry;
    const channel = peerChannel('training', config, tokens);
    const ingest = createStub('ingest', { ...channel, address: config.INGEST_ADDRESS });
    const registry = createStub('registry', { ...channel, address: config.REGISTRY_ADDRESS });
    for (const stub of [ingest, registry]) closing.add(() => stub.close());
    const { LEASE_MS: leaseMs, MAX_ATTEMPTS: maxAttempts } = config;
    let dispatcher: Dispatcher | undefined;
    const wake = () => {
      dispatcher?.wake();
      relay.wake();
    };
    const training = trainingService({
      ...{ db, blobs, ingest, registry, onChanged: wake },
      defaultCpuThreads: config.CPU_THREADS,
      maxCpuThreads: Math.max(availableParallelism(), config.CPU_THREADS),
    });
    const attempts = attemptService({ db, blobs, ingest, registry, leaseMs, maxAttempts, onEnded: wake });
    const service = await startService({ name: 'training', config, telemetry, services: { training, attempts } });
    closing.add(() => service.stop());
    const started = new Dispatcher({
      ...{ db, tokens, log, leaseMs, maxAttempts },
      createExecutor: await openExecutor(config, service.port),
    });
    // Stopped first, so that attempts can still report to a running service.
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
