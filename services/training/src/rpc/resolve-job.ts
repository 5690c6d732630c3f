import type { Stub } from '@athanor/client';
import type { DatasetVersion } from '@athanor/contracts/ingest';
import type { ModelVersion } from '@athanor/contracts/registry';
import type { EvaluatedImport, TrainingSpec, TrainingSpecInput } from '@athanor/contracts/training';
import { type CallContext, notFound, type ServiceError } from '@athanor/service';
import { checkDataset } from '../jobs/check-spec.js';
import { datasetFacts } from '../jobs/dataset-facts.js';
import { resolveBase } from '../jobs/resolve-base.js';
import { resolveEvaluation } from '../jobs/resolve-evaluation.js';
import { resolveImported } from '../jobs/resolve-imported.js';
import { resolveSpec } from '../jobs/resolve-spec.js';
import { type Db, findJob, type JobRow } from '../store/jobs.js';
import { toRpcFailure } from './peer-error.js';

export interface JobSources {
  readonly db: Db;
  readonly ingest: Stub<'ingest'>;
  readonly registry: Stub<'registry'>;
  /** Threads of a job whose request does not set a number. */
  readonly defaultCpuThreads: number;
}

/** The spec with the dataset's version and everything that the request leaves open. */
export async function resolveJob(
  spec: TrainingSpec,
  context: CallContext,
  sources: JobSources,
): Promise<TrainingSpecInput> {
  const version = await resolveDataset(spec, context, sources);
  checkDataset(version);
  const dataset = { datasetId: spec.datasetId, datasetVersion: version.version, datasetDigest: version.digest };
  const cpuThreads = spec.cpuThreads || sources.defaultCpuThreads;
  if (spec.evaluated?.imported != null) {
    const model = await resolveVersion(spec.evaluated.imported, context, sources);
    return { ...resolveImported(spec, model, datasetFacts(version)), ...dataset, cpuThreads };
  }
  if (spec.evaluated !== null) {
    const source = await expectJob(sources.db, context, spec.evaluated.jobId);
    return { ...resolveEvaluation(spec, source, datasetFacts(version)), ...dataset };
  }
  const resolved = resolveSpec(spec, datasetFacts(version));
  const base = spec.base && resolveBase(await resolveVersion(spec.base, context, sources));
  return { ...resolved, ...dataset, base, cpuThreads };
}

async function resolveVersion(
  { modelName, version }: Pick<EvaluatedImport, 'modelName' | 'version'>,
  context: CallContext,
  { registry }: JobSources,
): Promise<ModelVersion> {
  const answer = await registry.getModelVersion({ modelName, version }, context.outgoing()).catch(error => {
    throw toRpcFailure(error);
  });
  if (answer.modelVersion === null) throw new Error("expected a version in the registry's response, received none");
  return answer.modelVersion;
}

async function resolveDataset(
  spec: TrainingSpec,
  context: CallContext,
  { ingest }: JobSources,
): Promise<DatasetVersion> {
  const { datasetId, datasetVersion: version } = spec;
  const answer = await ingest.getDatasetVersion({ datasetId, version }, context.outgoing()).catch(error => {
    throw toRpcFailure(error);
  });
  if (answer.datasetVersion === null) throw new Error("expected a dataset version in ingest's response, received none");
  return answer.datasetVersion;
}

/** Only services can still read a deleted job: the registry may still have to register its result. */
export async function expectJob(
  db: Db,
  { tenant, principal }: Pick<CallContext, 'tenant' | 'principal'>,
  jobId: string,
): Promise<JobRow> {
  const row = await findJob(db, tenant, jobId);
  if (row === undefined || (row.delete_time !== null && principal.kind !== 'service')) throw jobNotFound(jobId);
  return row;
}

export function jobNotFound(jobId: string): ServiceError {
  return notFound('training job', jobId, 'list the jobs with: athanor job list');
}
