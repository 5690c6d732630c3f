/* Shared by the registry's tests: a training job's result, without the job; and the control services with real jobs. */

import { type AthanorClient, createAthanorClient, createStub, type Stub } from '@athanor/client';
import { type JsonObject, toComponent } from '@athanor/contracts';
import { type DatabaseEngine, openDatabase } from '@athanor/database';
import { loadIngestConfig, startIngest } from '@athanor/ingest';
import type { ServiceApp } from '@athanor/service';
import { createTestCredentials, type TestCredentials, testEnvironment } from '@athanor/service/testing';
import { freePort, startNats, type TestNats, temporaryDirectory } from '@athanor/testkit';
import { loadTrainingConfig, startTraining } from '@athanor/training';
import { startRegistry } from './app.js';
import { loadRegistryConfig } from './config.js';
import type { CheckModel } from './imports/checked-model.js';
import type { VersionManifest } from './models/version-digest.js';
import type { Registration } from './store/registration.js';

export interface RegistrationOptions {
  readonly jobId: string;
  readonly modelName?: string;
  readonly tenant?: string;
  /** Equal content gives an equal version. */
  readonly content?: string;
  readonly accuracy?: number;
}

export function registrationOf(options: RegistrationOptions): Registration {
  const { jobId, modelName = 'digits', tenant = 'acme', content = jobId, accuracy = 0.97 } = options;
  const digest = `sha256:${Buffer.from(content).toString('hex').padEnd(64, '0').slice(0, 64)}`;
  const signature = { inputs: [], outputs: [], classes: [], columns: [], task: '' };
  const manifest: VersionManifest = {
    ...{ formatVersion: 2, files: [{ name: 'model.onnx', digest }], signature, datasetDigest: 'sha256:data' },
    ...{ training: {}, runtime: 'onnxruntime', instructionSet: 'x64' },
  };
  const evaluation = {
    datasetDigest: 'sha256:data',
    split: 'test',
    rows: 100,
    metrics: [{ name: 'accuracy', value: accuracy, smallerIsBetter: false }],
  };
  return {
    ...{ tenant, jobId, modelName, manifest, cpuThreads: 1 },
    files: [{ name: 'model.onnx', digest, byteSize: 5 }],
    evaluations: [
      {
        ...evaluation,
        classes: [],
        confusionMatrix: [],
        batchSize: 32,
        predictionsDigest: '',
        detailsDigest: '',
        slicesDigest: '',
        jobId: '',
        threshold: null,
      },
    ],
    lineage: {
      jobId,
      dataset: { datasetId: 'mnist', version: 1, digest: 'sha256:data', split: 'hash' },
      sources: [{ filename: 'train-images', digest: 'sha256:source', byteSize: 10, partition: 'train' }],
      training: { seed: '0' },
    },
  };
}

export interface Bench {
  readonly engine: DatabaseEngine;
  readonly nats: TestNats;
  readonly client: AthanorClient;
  readonly stranger: AthanorClient;
  /** The registry as seen by a service of the mesh, or by another caller. */
  registryAs(credential: string): Stub<'registry'>;
  readonly credentials: TestCredentials;
  readonly key: string;
  readonly addresses: { readonly registry: string };
  readonly caFile: string | undefined;
  stop(): Promise<void>;
}

export interface BenchOptions {
  /** Creates certificates for the name "localhost" in a folder. @returns the variables with their paths. */
  readonly tls?: (folder: string) => Promise<Readonly<Record<string, string>>>;
  /** Instead of the process that loads an imported model. */
  readonly checkModel?: CheckModel;
}

/** Ingest, training and registry in one process, as in the control process, connected by a real NATS. */
export async function startBench({ tls, checkModel }: BenchOptions = {}): Promise<Bench> {
  const folder = await temporaryDirectory('registry');
  const nats = await startNats();
  const credentials = await createTestCredentials(folder.path);
  const key = await credentials.addKey({ tenant: 'acme' });
  const other = await credentials.addKey({ tenant: 'other' });
  const database = await openDatabase('pglite:');
  const certificates = (await tls?.(folder.path)) ?? {};
  const caFile = certificates.ATHANOR_MESH_CA_FILE;
  const host = tls === undefined ? '127.0.0.1' : 'localhost';
  const base = { ...testEnvironment({ credentials, nats, folder: folder.path }), ...certificates };
  const env = (service: string) => ({ ...base, ATHANOR_BLOB_URL: `${base.ATHANOR_BLOB_URL}/${service}` });
  const address = ({ port }: { port: number }) => `${host}:${port}`;
  const ingest = await startIngest({ config: loadIngestConfig(env('ingest')), database });
  // Services call each other on the mesh listener if they use TLS.
  const peer = ({ port, meshPort }: ServiceApp) => `${host}:${meshPort ?? port}`;
  const peers = { ATHANOR_INGEST_ADDRESS: peer(ingest) };
  const trainingPort = await freePort();
  const attempts = { ATHANOR_PORT: String(trainingPort), ATHANOR_ATTEMPT_ADDRESS: `${host}:${trainingPort}` };
  const trainingConfig = loadTrainingConfig({ ...env('training'), ...peers, ...attempts });
  const training = await startTraining({ config: trainingConfig, database });
  const all = { ...env('registry'), ...peers, ATHANOR_TRAINING_ADDRESS: peer(training) };
  const registry = await startRegistry({
    ...{ config: loadRegistryConfig(all), database },
    ...(checkModel && { checkModel }),
  });
  const addresses = {
    ingest: address(ingest),
    training: address(training),
    registry: address(registry),
    inference: '127.0.0.1:1',
  };
  const clients = [key, other].map(apiKey => createAthanorClient({ addresses, apiKey, caFile }));
  const stubs: Stub<'registry'>[] = [];
  return {
    ...{ engine: database, nats, credentials, key, client: clients[0]!, stranger: clients[1]!, addresses, caFile },
    registryAs(credential) {
      const stub = createStub('registry', { address: addresses.registry, credential, caFile });
      stubs.push(stub);
      return stub;
    },
    async stop() {
      for (const each of [...clients, ...stubs]) each.close();
      for (const app of [registry, training, ingest]) await app.stop();
      await database.close();
      await nats.stop();
      await folder.remove();
    },
  };
}

/** Rows of two classes that a network separates easily; the seed changes their noise. */
export async function importDataset({ ingest }: AthanorClient, datasetId: string): Promise<void> {
  const rows = Array.from(
    { length: 200 },
    (_, row) => `${row % 2 === 0 ? row : 1_000 + row},${(row * 7) % 13},${row % 2 === 0 ? 'low' : 'high'}`,
  );
  const chunk = Buffer.from(`a,b,y\n${rows.join('\n')}\n`);
  await ingest.createDataset({ datasetId });
  const { upload } = await ingest.createUpload({ filename: `${datasetId}.csv`, byteSize: chunk.length });
  const { uploadId } = upload!;
  const messages = async function* () {
    yield { uploadId, offset: 0, chunk };
  };
  await ingest.writeUpload(messages());
  const sources = [{ uploadId, role: 'ROLE_FEATURES' as const, partition: 'train' }];
  await ingest.createDatasetVersion({ datasetId, sources, recipe: { format: 'FORMAT_CSV', targets: ['y'] } });
  for await (const _ of ingest.watchDatasetVersion({ datasetId, version: 1 }));
}

/** A component of a request, of the newest version. */
export function component(kind: string, parameters: JsonObject) {
  return toComponent({ kind, parameters, version: 0 });
}

/** Trains a small network and returns its job's id when it has succeeded. */
export async function trainModel(
  client: AthanorClient,
  options: { modelName: string; datasetId: string; seed: number },
): Promise<string> {
  const { modelName, datasetId, seed } = options;
  const optimizer = component('adam', { learningRate: 0.01 });
  const spec = { datasetId, model: component('mlp', { hidden: [4] }), optimizer, epochs: 2, batchSize: 16, seed };
  const { job } = await client.training.createTrainingJob({ modelName, spec });
  for await (const { job: seen } of client.training.watchTrainingJob({ jobId: job!.jobId })) {
    if (seen?.state === 'STATE_FAILED') throw new Error(seen.error?.message);
  }
  return job!.jobId;
}
