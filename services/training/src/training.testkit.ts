/* Shared by the tests over gRPC: training with the ingest app that provides its rows, on one embedded database. */
import { createHash } from 'node:crypto';
import { createStub, type Stub } from '@athanor/client';
import { type JsonObject, toComponent } from '@athanor/contracts';
import type { ComponentInput } from '@athanor/contracts/api';
import type { RecipeInput } from '@athanor/contracts/ingest';
import type { EpochMetrics, TrainingJob, TrainingSpecInput } from '@athanor/contracts/training';
import { type DatabaseEngine, openDatabase } from '@athanor/database';
import { loadIngestConfig, startIngest } from '@athanor/ingest';
import { createTestCredentials, type TestCredentials, testEnvironment } from '@athanor/service/testing';
import { startNats, temporaryDirectory } from '@athanor/testkit';
// Imported by package name: attempts run the built files.
import { loadTrainingConfig, startTraining } from '@athanor/training';

export interface Bench {
  readonly engine: DatabaseEngine;
  readonly folder: string;
  readonly credentials: TestCredentials;
  readonly environment: Readonly<Record<string, string>>;
  readonly ingest: Stub<'ingest'>;
  readonly training: Stub<'training'>;
  readonly stranger: Stub<'training'>;
  readonly key: string;
  stop(): Promise<void>;
}

export async function startBench(env: Readonly<Record<string, string>> = {}): Promise<Bench> {
  const folder = await temporaryDirectory('training');
  const nats = await startNats();
  const credentials = await createTestCredentials(folder.path);
  const key = await credentials.addKey({ tenant: 'acme' });
  const other = await credentials.addKey({ tenant: 'other' });
  const engine = await openDatabase('pglite:');
  const base = { ...testEnvironment({ credentials, nats, folder: folder.path }), ...env };
  const ingestApp = await startIngest({ config: loadIngestConfig(base), database: engine });
  const ingestAddress = `127.0.0.1:${ingestApp.port}`;
  const environment = { ...base, ATHANOR_INGEST_ADDRESS: ingestAddress };
  const app = await startTraining({ config: loadTrainingConfig(environment), database: engine });
  const address = `127.0.0.1:${app.port}`;
  const ingest = createStub('ingest', { address: ingestAddress, credential: key });
  const training = createStub('training', { address, credential: key });
  const stranger = createStub('training', { address, credential: other });
  return {
    ...{ engine, folder: folder.path, credentials, environment, ingest, training, stranger, key },
    async stop() {
      for (const stub of [ingest, training, stranger]) stub.close();
      await app.stop();
      await ingestApp.stop();
      await engine.close();
      await nats.stop();
      await folder.remove();
    },
  };
}

/** Distinct rows around one centre per class, deterministic. */
export function clustersCsv(rows: number, options: { columns: number; classes: number }): Buffer {
  const header = [...Array.from({ length: options.columns }, (_, column) => `x${column}`), 'y'].join(',');
  const lines = Array.from({ length: rows }, (_, row) => {
    const noise = createHash('sha256').update(`row ${row}`).digest();
    const label = row % options.classes;
    const values = Array.from(
      { length: options.columns },
      (_, column) => (column % options.classes === label ? 150 : 50) + noise[column % 32]! / 2,
    );
    return [...values, `class-${label}`].join(',');
  });
  return Buffer.from(`${header}\n${lines.join('\n')}\n`);
}

/** Uploads a CSV and prepares version 1 of a new dataset. */
export async function importCsv(
  ingest: Stub<'ingest'>,
  datasetId: string,
  content: Buffer,
  recipe: RecipeInput = { targets: ['y'] },
): Promise<void> {
  await ingest.createDataset({ datasetId });
  const { upload } = await ingest.createUpload({ filename: `${datasetId}.csv`, byteSize: content.length });
  const { uploadId } = upload!;
  const messages = async function* () {
    yield { uploadId, offset: 0, chunk: content };
  };
  await ingest.writeUpload(messages());
  const sources = [{ uploadId, role: 'ROLE_FEATURES' as const, partition: 'train' }];
  await ingest.createDatasetVersion({ datasetId, sources, recipe: { format: 'FORMAT_CSV', ...recipe } });
  for await (const { datasetVersion } of ingest.watchDatasetVersion({ datasetId, version: 1 })) {
    if (datasetVersion?.state === 'STATE_FAILED') throw new Error(datasetVersion.preparation?.error?.message);
  }
}

/** A component of a request, of the newest version. */
export function component(kind: string, parameters: JsonObject = {}): ComponentInput {
  return toComponent({ kind, parameters, version: 0 });
}

export function specOf(changes: TrainingSpecInput = {}): TrainingSpecInput {
  return {
    datasetId: 'clusters',
    model: component('mlp', { hidden: [16] }),
    optimizer: component('adam', { learningRate: 0.01 }),
    ...{ epochs: 3, batchSize: 16, seed: 7 },
    ...changes,
  };
}

/** Watches a job until it ends. */
export async function watchJob(
  training: Stub<'training'>,
  jobId: string,
  onChange: (job: TrainingJob, epochs: readonly EpochMetrics[]) => void | Promise<void> = () => undefined,
): Promise<TrainingJob> {
  let last: TrainingJob | null = null;
  for await (const { job, epochs } of training.watchTrainingJob({ jobId })) {
    last = job;
    if (job !== null) await onChange(job, epochs);
  }
  return last!;
}
