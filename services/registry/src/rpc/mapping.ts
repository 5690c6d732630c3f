import type { AliasMoveInput, DeploymentInput, Gate, ModelInput, ModelVersionInput } from '@athanor/contracts/registry';
import { toTimestamp } from '@athanor/service';
import type { AliasMoveRow, AliasRow } from '../store/aliases.js';
import type { DeploymentRow } from '../store/deployments.js';
import type { ModelRow, ModelVersionRow, VersionJobRow } from '../store/models.js';

// Converts rows to messages.

export function toModel(row: ModelRow, aliases: readonly AliasRow[], gates: readonly Gate[]): ModelInput {
  return {
    name: row.name,
    description: row.description,
    aliases: aliases.map(({ alias, version, update_time }) => ({
      alias,
      version,
      updateTime: toTimestamp(update_time),
    })),
    latestVersion: row.latest_version === row.deleted_version ? 0 : row.latest_version,
    gates: [...gates],
    createTime: toTimestamp(row.create_time),
  };
}

export function toModelVersion(
  row: ModelVersionRow,
  jobs: readonly VersionJobRow[],
  aliases: readonly AliasRow[],
): ModelVersionInput {
  return {
    modelName: row.model_name,
    version: row.version,
    digest: row.digest,
    state: 'STATE_READY',
    signature: row.manifest.signature,
    files: row.files,
    evaluations: row.evaluations,
    datasetDigest: row.dataset_digest,
    jobIds: jobs.map(job => job.job_id),
    createTime: toTimestamp(row.create_time),
    cpuThreads: row.cpu_threads,
    aliases: aliases.filter(({ version }) => version === row.version).map(({ alias }) => alias),
  };
}

/** A version as in lists: without the fields that grow with the number of classes. */
export function summarizeVersion(version: ModelVersionInput): ModelVersionInput {
  const { signature, evaluations = [] } = version;
  return {
    ...version,
    signature: signature && { ...signature, classes: [] },
    evaluations: evaluations.map(each => ({ ...each, classes: [], confusionMatrix: [] })),
  };
}

export function toAliasMove(row: AliasMoveRow): AliasMoveInput {
  return {
    alias: row.alias,
    fromVersion: row.from_version,
    toVersion: row.to_version,
    actor: row.actor,
    reason: row.reason,
    time: toTimestamp(row.time),
    gateResults: row.gate_results,
    rollback: row.rollback,
  };
}

export function toDeployment(row: DeploymentRow, activeVersion: number): DeploymentInput {
  return {
    name: row.name,
    modelName: row.model_name,
    alias: row.alias,
    version: row.version,
    createTime: toTimestamp(row.create_time),
    activeVersion,
  };
}
