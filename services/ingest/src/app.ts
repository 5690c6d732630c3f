import type { DatabaseEngine } from '@athanor/database';
import { Closing, type ServiceApp, s3Options, startService } from '@athanor/service';
import { openServiceState } from '@athanor/service-state';
import type { IngestConfig } from './config.js';
import { planTable } from './preparation/plan-table.js';
import { Preparer } from './preparation/preparer.js';
import { runPreparation } from './preparation/run-preparation.js';
import { Slots } from './preparation/slots.js';
import { ingestService } from './rpc/ingest-service.js';
import { MIGRATIONS } from './store/migrations.js';
import type { IngestTables } from './store/tables.js';

export interface AppOptions {
  readonly config: IngestConfig;
  /** Database of the host process. If absent, the app opens its own. */
  readonly database?: DatabaseEngine;
}

/** Plans that run at the same time, each in a process of its own; further calls wait. */
const MAX_PLANS = 2;

/** Composition root: opens what ingest needs, and closes it again if a later step fails. */
export async function startIngest({ config, database }: AppOptions): Promise<ServiceApp> {
  const closing = new Closing();
  try {
    const state = await openServiceState<IngestTables>({
      name: 'ingest',
      config,
      migrations: MIGRATIONS,
      database,
      closing,
    });
    const { telemetry, db, blobs, relay } = state;
    const { log } = telemetry;
    const location = { url: config.BLOB_URL, s3: s3Options(config) };
    const limits = {
      memoryMiB: config.IMPORT_MEMORY_MIB,
      threads: config.IMPORT_THREADS,
      deadlineMs: config.IMPORT_DEADLINE_MS,
    };
    const preparer = new Preparer({
      db,
      prepare: (plan, onPhase, signal) => runPreparation(plan, { blobs, location, limits, onPhase, signal }),
      log,
      maxImports: config.MAX_IMPORTS,
      onCommit: () => relay.wake(),
    });
    closing.add(() => preparer.stop());
    const planning = new Slots(MAX_PLANS);
    const ingest = ingestService({
      db,
      blobs,
      maxUploadBytes: config.MAX_UPLOAD_BYTES,
      planTable: (plan, signal) => planning.run(() => planTable(plan, { blobs, limits, signal }), signal),
      onVersionCreated: () => preparer.wake(),
      onCommit: () => relay.wake(),
    });
    const service = await startService({ name: 'ingest', config, telemetry, services: { ingest } });
    closing.add(() => service.stop());
    preparer.start();
    service.setReady(true);
    const { port, adminPort, meshPort } = service;
    return { port, adminPort, meshPort, stop: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}
