import type { BlobStore } from '@athanor/blobs';
import { chunkBytes, RpcError, type Stub } from '@athanor/client';
import { fromComponent } from '@athanor/contracts';
import type { Component } from '@athanor/contracts/api';
import type { DatasetVersion } from '@athanor/contracts/ingest';
import type { BaseModel, EvaluatedModel, TrainingJobSucceeded } from '@athanor/contracts/training';
import type { EventOutgoing } from '@athanor/events';
import { crashPoint } from '@athanor/service';
import type { JobLineage } from '../lineage/graph.js';
import { evaluationFiles } from '../models/evaluation-files.js';
import { versionManifest } from '../models/version-digest.js';
import type { AddedEvaluations, EvaluatedVersion, Registration } from '../store/registration.js';

const FILE_TIMEOUT_MS = 600_000;

/** What registration reads from other services. */
export interface RegistrationSources {
  readonly training: Stub<'training'>;
  readonly ingest: Stub<'ingest'>;
  readonly blobs: BlobStore;
}

/** A version, or figures of an earlier one. */
export type CollectedResult =
  | { readonly kind: 'version'; readonly registration: Registration }
  | ({ readonly kind: 'evaluation' } & AddedEvaluations);

/**
 * Collects everything that the version of a succeeded job consists of: its files, copied into our blob store, and the
 * origin of its data, from ingest.
 */
export async function collectResult(
  event: TrainingJobSucceeded,
  outgoing: EventOutgoing,
  sources: RegistrationSources,
): Promise<CollectedResult> {
  const { jobId, modelName } = event;
  const { job } = await sources.training.getTrainingJob({ jobId }, outgoing);
  const { spec = null, result = null } = job ?? {};
  if (spec === null || result === null) throw new Error(`expected a spec and a result of the succeeded job ${jobId}`);
  const { evaluation, otherEvaluations } = result;
  const evaluations = evaluation === null ? [] : [evaluation, ...otherEvaluations];
  const digests = [...result.files.map(file => file.digest), ...evaluations.flatMap(evaluationFiles)];
  for (const digest of digests) await fetchFile({ jobId, digest }, outgoing, sources);
  if (spec.evaluated !== null) {
    const evaluated = evaluatedVersion(spec.evaluated);
    const measured = evaluations.map(each => ({ ...each, jobId }));
    return { kind: 'evaluation', tenant: outgoing.tenant, evaluated, evaluations: measured };
  }
  crashPoint('registration.after-files');
  const { datasetId, datasetVersion: version } = spec;
  const origin = await originOf(datasetId, version, outgoing, sources);
  const registration: Registration = {
    tenant: outgoing.tenant,
    jobId,
    modelName,
    manifest: versionManifest(spec, result),
    files: result.files,
    evaluations,
    cpuThreads: spec.cpuThreads,
    lineage: {
      jobId,
      dataset: { datasetId, version, digest: spec.datasetDigest, split: origin.split },
      sources: origin.sources,
      ...(spec.base && { base: baseOf(spec.base) }),
      training: {
        task: describeComponent(spec.task),
        model: describeComponent(spec.model),
        optimizer: describeComponent(spec.optimizer),
        ...(spec.schedule && { schedule: describeComponent(spec.schedule) }),
        ...(spec.augmentations.length > 0 && {
          augmentations: spec.augmentations.map(describeComponent).join(', '),
        }),
        epochs: String(spec.epochs),
        batch_size: String(spec.batchSize),
        seed: String(spec.seed),
        cpu_threads: String(spec.cpuThreads),
        runtime: result.runtime,
      },
    },
  };
  return { kind: 'version', registration };
}

function baseOf({ modelName, version, versionDigest: digest }: BaseModel): JobLineage['base'] {
  return { modelName, version, digest };
}

function evaluatedVersion({ jobId, imported }: EvaluatedModel): EvaluatedVersion {
  if (imported === null) return { jobId };
  const { modelName, version, versionDigest: digest } = imported;
  return { modelName, version, digest };
}

/** For people, for example "mlp hidden=[64,64]". */
function describeComponent(component: Component | null): string {
  if (component === null) return '';
  const { kind, parameters } = fromComponent(component);
  return [kind, ...Object.entries(parameters).map(([name, value]) => `${name}=${JSON.stringify(value)}`)].join(' ');
}

/** If the dataset was deleted while the job ran, only its digest is known; the model is registered anyway. */
async function originOf(
  datasetId: string,
  version: number,
  outgoing: EventOutgoing,
  { ingest }: RegistrationSources,
): Promise<{ split: string; sources: JobLineage['sources'] }> {
  try {
    const { datasetVersion } = await ingest.getDatasetVersion({ datasetId, version }, outgoing);
    if (datasetVersion === null)
      throw new Error(`expected version ${version} of ${datasetId} in ingest's response, received none`);
    const sources = datasetVersion.sources.map(source => {
      const { filename, digest, byteSize, partition } = source;
      return { filename, digest, byteSize, partition };
    });
    return { split: describeSplit(datasetVersion), sources };
  } catch (error) {
    if (!(error instanceof RpcError && error.reason === 'DATASET_DELETED')) throw error;
    return { split: 'unknown: the dataset was deleted before the model was registered', sources: [] };
  }
}

function describeSplit({ recipe }: DatasetVersion): string {
  const split = recipe?.split;
  return `hash of the row, salt '${split?.salt ?? ''}', validation ${split?.validationFraction ?? 0.1}`;
}

async function fetchFile(
  { jobId, digest }: { jobId: string; digest: string },
  outgoing: EventOutgoing,
  { training, blobs }: RegistrationSources,
): Promise<void> {
  if (digest === '' || (await blobs.stat(digest)) !== undefined) return;
  const chunks = training.readJobArtifact({ jobId, digest }, { ...outgoing, timeoutMs: FILE_TIMEOUT_MS });
  await blobs.put(chunkBytes(chunks), { expectedDigest: digest, signal: outgoing.signal });
}
