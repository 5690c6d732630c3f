import { createStub } from '@athanor/client';
import type { EventConsumerName } from '@athanor/contracts';
import type { DatabaseEngine } from '@athanor/database';
import { startConsumer } from '@athanor/events';
import { importModel } from '@athanor/model-import';
import { Closing, peerChannel, type ServiceApp, startService } from '@athanor/service';
import { openServiceState } from '@athanor/service-state';
import type { RegistryConfig } from './config.js';
import { collectResult } from './events/register-trained-models.js';
import type { CheckModel } from './imports/checked-model.js';
import { ImportQueue } from './imports/import-queue.js';
import { removeLeftovers } from './imports/scratch-folders.js';
import { eventService } from './rpc/event-service.js';
import { registryService } from './rpc/registry-service.js';
import { MIGRATIONS } from './store/migrations.js';
import { addEvaluations, registerVersion } from './store/registration.js';
import type { RegistryTables } from './store/tables.js';

export interface AppOptions {
  readonly config: RegistryConfig;
  /** Database of the host process. If absent, the app opens its own. */
  readonly database?: DatabaseEngine;
  /** Checks the files of an import; tests replace it. */
  readonly checkModel?: CheckModel;
}

/** Imports that wait for others; each keeps a call open. */
const MAX_WAITING_IMPORTS = 16;

/** Composition root: opens what the registry needs, and closes it again if a later step fails. */
export async function startRegistry({ config, database, checkModel = importModel }: AppOptions): Promise<ServiceApp> {
  const closing = new Closing();
  try {
    const state = await openServiceState<RegistryTables>({
      name: 'registry',
      config,
      migrations: MIGRATIONS,
      database,
      closing,
    });
    const { telemetry, db, blobs, connection, tokens, relay } = state;
    const channel = peerChannel('registry', config, tokens);
    const training = createStub('training', { ...channel, address: config.TRAINING_ADDRESS });
    const ingest = createStub('ingest', { ...channel, address: config.INGEST_ADDRESS });
    for (const stub of [training, ingest]) closing.add(() => stub.close());
    const consumer = await startConsumer<RegistryTables>({
      name: 'registry-register-model' satisfies EventConsumerName,
      db,
      connection,
      telemetry,
      handlers: {
        'training.job.succeeded': async (event, transact, outgoing) => {
          const result = await collectResult(event.payload, outgoing, { training, ingest, blobs });
          await transact(async trx => {
            if (result.kind === 'version') await registerVersion(trx, result.registration);
            else if (!(await addEvaluations(trx, result)))
              telemetry.log.warn({ ...result.evaluated }, 'the version that was evaluated is deleted');
          });
          relay.wake();
        },
      },
    });
    closing.add(() => consumer.stop());
    const removed = await removeLeftovers();
    if (removed > 0) telemetry.log.info({ removed }, 'folders of imports that were interrupted are removed');
    const imports = {
      checkModel,
      queue: new ImportQueue({ maxRunning: config.MAX_MODEL_IMPORTS, maxWaiting: MAX_WAITING_IMPORTS }),
      deadlineMs: config.MODEL_IMPORT_DEADLINE_MS,
      maxModelBytes: config.MAX_MODEL_BYTES,
    };
    const services = {
      registry: registryService({ db, blobs, imports, onCommit: () => relay.wake() }),
      events: eventService(connection),
    };
    const service = await startService({ name: 'registry', config, telemetry, services });
    closing.add(() => service.stop());
    service.setReady(true);
    const { port, adminPort, meshPort } = service;
    return { port, adminPort, meshPort, stop: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}
