import type {
  AliasMoveInput,
  Gate,
  ModelInput,
  ModelOriginInput,
  ModelVersionInput,
} from '@athanor/contracts/registry';
import { toTimestamp } from '@athanor/service';
import { toSettingsMessage } from '../serving/settings-message.js';
import type { AliasMoveRow, AliasRow } from '../store/aliases.js';
import type { VersionImportRow } from '../store/imports.js';
import type { ModelRow, ModelVersionRow, VersionJobRow } from '../store/models.js';
import type { ImportNotes } from '../store/tables.js';

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

/** What was recorded about how a version came to be, oldest first. */
export interface VersionOrigins {
  readonly jobs: readonly VersionJobRow[];
  readonly imports: readonly VersionImportRow[];
}

export function toModelVersion(
  row: ModelVersionRow,
  { jobs, imports }: VersionOrigins,
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
    ...importFields(row, imports),
  };
}

/** The fields of an imported version; its origin is the first import that made it. */
function importFields(
  { manifest, imported }: ModelVersionRow,
  imports: readonly VersionImportRow[],
): ModelVersionInput {
  if (!('kind' in manifest)) return {};
  const [first] = imports;
  const origin: ModelOriginInput | null = first === undefined ? null : toOrigin(first, imported);
  return {
    batching: { ...manifest.batching, reason: imported?.batchingReason ?? '' },
    origin,
    licence: manifest.licence,
    recommendedServing: toSettingsMessage(manifest.recommended),
  };
}

function toOrigin({ source, actor, create_time, files }: VersionImportRow, notes: ImportNotes | null) {
  const sentences = { changes: [...(notes?.changes ?? [])], notes: [...(notes?.notes ?? [])] };
  return { source, actor, time: toTimestamp(create_time), files, ...sentences };
}

/** A version as in lists: without the fields that grow with the number of classes. */
export function summarizeVersion(version: ModelVersionInput): ModelVersionInput {
  const { signature, evaluations = [] } = version;
  return {
    ...version,
    recommendedServing: null,
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
