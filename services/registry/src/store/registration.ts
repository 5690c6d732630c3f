import type { Evaluation } from '@athanor/contracts/api';
import { jsonb } from '@athanor/database';
import { appendEvent } from '@athanor/events';
import type { ImportManifest } from '../imports/import-manifest.js';
import type { JobLineage } from '../lineage/graph.js';
import { type VersionManifest, versionDigest } from '../models/version-digest.js';
import { lockModel, type Trx } from './models.js';
import type { ImportNotes, StoredFile } from './tables.js';

/** A job's result, with its files already in the blob store. */
export interface Registration {
  readonly tenant: string;
  readonly jobId: string;
  readonly modelName: string;
  readonly manifest: VersionManifest;
  readonly files: StoredFile[];
  readonly evaluations: Evaluation[];
  readonly cpuThreads: number;
  readonly lineage: JobLineage;
}

/**
 * Registers a job's result. An equal digest in the same model returns the existing version, with one more lineage edge;
 * a job that was registered before changes nothing.
 */
export async function registerVersion(
  trx: Trx,
  registration: Registration,
): Promise<{ version: number; created: boolean }> {
  const { tenant, jobId, modelName } = registration;
  const model = await lockModel(trx, tenant, modelName);
  const known = await trx
    .selectFrom('version_jobs')
    .select('version')
    .where('tenant', '=', tenant)
    .where('job_id', '=', jobId)
    .executeTakeFirst();
  if (known !== undefined) return { version: known.version, created: false };
  const { datasetDigest } = registration.manifest;
  const made = { ...registration, datasetDigest, imported: null };
  const { version, digest, created } = await findOrInsertVersion(trx, made, model.latest_version);
  await trx
    .insertInto('version_jobs')
    .values({ tenant, job_id: jobId, model_name: modelName, version, lineage: jsonb(registration.lineage) })
    .execute();
  await appendEvent(trx, {
    type: 'model.version.registered',
    tenant,
    aggregateId: `${modelName}-${jobId}`,
    aggregateVersion: 1,
    payload: { modelName, version, digest, jobId, created },
  });
  return { version, created };
}

/** Figures of a version on other data. */
export interface AddedEvaluations {
  readonly tenant: string;
  readonly evaluated: EvaluatedVersion;
  readonly evaluations: readonly Evaluation[];
}

/** By the job that made it, or by its number. */
export type EvaluatedVersion =
  | { readonly jobId: string }
  | { readonly modelName: string; readonly version: number; readonly digest: string };

/** Replaces earlier figures of the same dataset and split, but for slices that are not measured again. False if the version is deleted. */
export async function addEvaluations(trx: Trx, added: AddedEvaluations): Promise<boolean> {
  const { tenant, evaluated, evaluations } = added;
  const row = await lockEvaluated(trx, tenant, evaluated);
  if (row === undefined) return false;
  const keyOf = ({ datasetDigest, split }: Evaluation) => `${datasetDigest} ${split}`;
  const all = new Map(row.evaluations.map(each => [keyOf(each), each]));
  for (const each of evaluations) {
    const { slicesDigest } = each;
    all.set(keyOf(each), {
      ...compact(each),
      slicesDigest: slicesDigest || (all.get(keyOf(each))?.slicesDigest ?? ''),
    });
  }
  await trx
    .updateTable('model_versions')
    .set({ evaluations: jsonb([...all.values()]) })
    .where('tenant', '=', tenant)
    .where('model_name', '=', row.model_name)
    .where('version', '=', row.version)
    .execute();
  return true;
}

function lockEvaluated(trx: Trx, tenant: string, evaluated: EvaluatedVersion) {
  const versions = trx
    .selectFrom('model_versions as v')
    .select(['v.model_name', 'v.version', 'v.evaluations'])
    .where('v.tenant', '=', tenant)
    .forUpdate('v');
  if ('jobId' in evaluated)
    return versions
      .innerJoin('version_jobs as j', join =>
        join
          .onRef('j.tenant', '=', 'v.tenant')
          .onRef('j.model_name', '=', 'v.model_name')
          .onRef('j.version', '=', 'v.version'),
      )
      .where('j.job_id', '=', evaluated.jobId)
      .executeTakeFirst();
  const { modelName, version, digest } = evaluated;
  // With the digest: the number may belong to another model, if this one was deleted meanwhile.
  return versions
    .where('v.model_name', '=', modelName)
    .where('v.version', '=', version)
    .where('v.digest', '=', digest)
    .executeTakeFirst();
}

/** More classes are in the details file only: a version may be evaluated on many datasets. */
const MAX_INLINE_CLASSES = 10;

function compact(evaluation: Evaluation): Evaluation {
  if (evaluation.classes.length <= MAX_INLINE_CLASSES) return evaluation;
  return { ...evaluation, classes: [], confusionMatrix: [] };
}

/** What every version has, however it was made. */
export interface NewVersion {
  readonly tenant: string;
  readonly modelName: string;
  readonly manifest: VersionManifest | ImportManifest;
  readonly datasetDigest: string;
  readonly files: StoredFile[];
  readonly evaluations: Evaluation[];
  readonly cpuThreads: number;
  readonly imported: ImportNotes | null;
}

/** The model's version with an equal digest, or a new one. The caller holds the model's lock. */
export async function findOrInsertVersion(
  trx: Trx,
  made: NewVersion,
  latestVersion: number,
): Promise<{ version: number; digest: string; created: boolean }> {
  const digest = versionDigest(made.manifest);
  const equal = await trx
    .selectFrom('model_versions')
    .select('version')
    .where('tenant', '=', made.tenant)
    .where('model_name', '=', made.modelName)
    .where('digest', '=', digest)
    .executeTakeFirst();
  if (equal !== undefined) return { version: equal.version, digest, created: false };
  const version = latestVersion + 1;
  await insertVersion(trx, made, { version, digest });
  return { version, digest, created: true };
}

async function insertVersion(
  trx: Trx,
  made: NewVersion,
  { version, digest }: { version: number; digest: string },
): Promise<void> {
  const { tenant, modelName, manifest, datasetDigest, files, evaluations, cpuThreads, imported } = made;
  await trx
    .insertInto('model_versions')
    .values({
      ...{ tenant, model_name: modelName, version, digest, dataset_digest: datasetDigest, cpu_threads: cpuThreads },
      manifest: jsonb(manifest),
      files: jsonb(files),
      evaluations: jsonb(evaluations),
      imported: imported && jsonb(imported),
    })
    .execute();
  await trx
    .updateTable('models')
    .set({ latest_version: version })
    .where('tenant', '=', tenant)
    .where('name', '=', modelName)
    .execute();
}
