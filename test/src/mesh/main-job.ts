import { join } from 'node:path';
import { type AthanorClient, RpcError, uploadFile } from '@athanor/client';
import { type JsonObject, toComponent } from '@athanor/contracts';
import type { ComponentInput } from '@athanor/contracts/api';
import type { DatasetVersion } from '@athanor/contracts/ingest';
import type { ModelVersion } from '@athanor/contracts/registry';
import type { TrainingJob, TrainingSpecInput } from '@athanor/contracts/training';

// The steps of the whole workflow as a client program would run them, by gRPC only.

const SOURCES = [
  { name: 'train-images-idx3-ubyte', role: 'ROLE_FEATURES', partition: 'train' },
  { name: 'train-labels-idx1-ubyte', role: 'ROLE_LABELS', partition: 'train' },
  { name: 't10k-images-idx3-ubyte', role: 'ROLE_FEATURES', partition: 'test' },
  { name: 't10k-labels-idx1-ubyte', role: 'ROLE_LABELS', partition: 'test' },
] as const;

export async function importIdx(client: AthanorClient, datasetId: string, folder: string): Promise<DatasetVersion> {
  const sources = [];
  for (const { name, role, partition } of SOURCES) {
    const { uploadId } = await uploadFile(client.ingest, join(folder, name));
    sources.push({ uploadId, role, partition });
  }
  await client.ingest.createDataset({ datasetId }).catch(ignore('ALREADY_EXISTS'));
  const { datasetVersion } = await client.ingest.createDatasetVersion({
    requestId: `import-${datasetId}-${folder}`,
    datasetId,
    sources,
    recipe: { format: 'FORMAT_IDX' },
  });
  let last = datasetVersion as DatasetVersion;
  for await (const update of client.ingest.watchDatasetVersion({ datasetId, version: last.version })) {
    last = update.datasetVersion as DatasetVersion;
  }
  if (last.state !== 'STATE_READY') throw new Error(`not ready: ${JSON.stringify(last.preparation)}`);
  return last;
}

/** A component of a request, of the newest version. */
export function component(kind: string, parameters: JsonObject): ComponentInput {
  return toComponent({ kind, parameters, version: 0 });
}

export function referenceSpec(datasetId: string, overrides: Partial<TrainingSpecInput> = {}): TrainingSpecInput {
  return {
    datasetId,
    model: component('mlp', { hidden: [64, 64] }),
    optimizer: component('adam', { learningRate: 1e-3 }),
    epochs: 5,
    batchSize: 32,
    seed: 0,
    ...overrides,
  };
}

export async function createJob(
  client: AthanorClient,
  modelName: string,
  spec: TrainingSpecInput,
): Promise<TrainingJob> {
  const { job } = await client.training.createTrainingJob({ modelName, spec });
  return job as TrainingJob;
}

export async function waitForJob(client: AthanorClient, jobId: string): Promise<TrainingJob> {
  let last: TrainingJob | undefined;
  for await (const { job } of client.training.watchTrainingJob({ jobId })) last = job ?? last;
  return last as TrainingJob;
}

/** Polls until `check` returns something; transient errors are ignored. */
export async function eventually<T>(
  what: string,
  check: () => Promise<T | undefined | false>,
  timeoutMs = 30_000,
  intervalMs = 50,
): Promise<T> {
  for (const deadline = performance.now() + timeoutMs; performance.now() < deadline; ) {
    const found = await check().catch(error => {
      if (error instanceof RpcError && ['NOT_FOUND', 'UNAVAILABLE', 'DEADLINE_EXCEEDED'].includes(error.code))
        return undefined;
      throw error;
    });
    if (found !== undefined && found !== false) return found;
    await new Promise(resolve => setTimeout(resolve, intervalMs));
  }
  throw new Error(`waited ${timeoutMs} ms for ${what}`);
}

/** Until a deployment answers requests. */
export async function untilReady({ inference }: AthanorClient, name: string): Promise<void> {
  await eventually(`${name} to be ready`, async () => (await inference.modelReady({ name })).ready, 60_000);
}

export async function versionOfJob(client: AthanorClient, jobId: string): Promise<ModelVersion> {
  return await eventually(
    `the version of ${jobId}`,
    async () => (await client.registry.getModelVersion({ jobId })).modelVersion ?? undefined,
  );
}

/** Promotes a version, deploys the model under its own name, and waits until inference serves it. */
export async function serve(client: AthanorClient, { modelName, version }: ModelVersion): Promise<void> {
  await client.registry.moveAlias({ modelName, alias: 'champion', version });
  await client.registry.setDeployment({ deployment: { name: modelName, modelName, alias: 'champion' } });
  await eventually(`${modelName} v${version} to be served`, async () => {
    const { versions } = await client.inference.modelMetadata({ name: modelName });
    return versions.includes(String(version)) || undefined;
  });
}

function ignore(code: string) {
  return (error: unknown): void => {
    if (!(error instanceof RpcError && error.code === code)) throw error;
  };
}
