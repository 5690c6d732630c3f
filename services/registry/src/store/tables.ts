import type { Evaluation } from '@athanor/contracts/api';
import type { Gate, GateResult } from '@athanor/contracts/registry';
import type { InboxTables, OutboxTables } from '@athanor/events';
import type { UploadTables } from '@athanor/uploads';
import type { ColumnType, Generated } from 'kysely';
import type { ImportManifest } from '../imports/import-manifest.js';
import type { JobLineage } from '../lineage/graph.js';
import type { VersionManifest } from '../models/version-digest.js';
import type { ServingSettings } from '../serving/serving-settings.js';

// Row types for Kysely.
type Created = ColumnType<Date, Date | undefined, never>;

export interface ModelTable {
  tenant: string;
  name: string;
  description: string;
  /** The last assigned number. */
  latest_version: number;
  create_time: ColumnType<Date, Date | undefined, Date>;
  /** Null unless it was deleted and not recreated; the row stays, so that its numbers continue. */
  delete_time: Date | null;
  /** The last number assigned before its latest deletion. */
  deleted_version: number | null;
}

export interface ModelVersionTable {
  tenant: string;
  model_name: string;
  version: number;
  digest: string;
  dataset_digest: string;
  manifest: VersionManifest | ImportManifest;
  files: StoredFile[];
  evaluations: Evaluation[];
  cpu_threads: number;
  /** Null for a version that was trained here. */
  imported: ImportNotes | null;
  create_time: Created;
}

export interface StoredFile {
  name: string;
  digest: string;
  byteSize: number;
}

/** What was found out about an imported version; not part of its identity. */
export interface ImportNotes {
  readonly batchingReason: string;
  /** Differences of the served graph from the file. */
  readonly changes: readonly string[];
  readonly notes: readonly string[];
}

/** Who imported a version, and from what: its lineage edges. */
export interface VersionImportTable {
  import_id: string;
  tenant: string;
  model_name: string;
  version: number;
  /** Whether this import made the version. */
  created: boolean;
  source: string;
  actor: string;
  /** As they were uploaded. */
  files: StoredFile[];
  request_id: string | null;
  fingerprint: string;
  create_time: Created;
}

/** Which jobs made which version: the lineage edges. */
export interface VersionJobTable {
  tenant: string;
  job_id: string;
  model_name: string;
  version: number;
  lineage: JobLineage;
  create_time: Created;
}

export interface AliasTable {
  tenant: string;
  model_name: string;
  alias: string;
  /** 0 if the model was deleted; the row stays, so that its revision continues. */
  version: number;
  /** Number of moves; part of the move's event id. */
  revision: number;
  update_time: Date;
}

export interface AliasMoveTable {
  id: Generated<number>;
  tenant: string;
  model_name: string;
  alias: string;
  from_version: number;
  to_version: number;
  rollback: boolean;
  actor: string;
  reason: string;
  gate_results: GateResult[];
  request_id: string | null;
  fingerprint: string;
  time: Created;
}

export interface GateTable {
  tenant: string;
  model_name: string;
  alias: string;
  metric: string;
  /** Of the evaluation: the split, and the dataset's digest if the gate has one. */
  split: string;
  gate: Gate;
}

export interface DeploymentTable {
  tenant: string;
  name: string;
  model_name: string;
  alias: string;
  version: number;
  revision: number;
  /** Null for a deployment of before settings were stored, which has the defaults. */
  serving: ServingSettings | null;
  stopped: Generated<boolean>;
  create_time: Created;
}

/** The states of deployments. */
export interface DeploymentRevisionTable {
  tenant: string;
  name: string;
  /** When the deployment was created: one that was deleted and created again has another history. */
  deployment_time: Created;
  revision: number;
  model_name: string;
  alias: string;
  version: number;
  serving: ServingSettings | null;
  stopped: boolean;
  actor: string;
  reason: string;
  request_id: string | null;
  fingerprint: string;
  time: Created;
}

export interface RegistryTables extends OutboxTables, InboxTables, UploadTables {
  models: ModelTable;
  model_versions: ModelVersionTable;
  version_jobs: VersionJobTable;
  version_imports: VersionImportTable;
  aliases: AliasTable;
  alias_moves: AliasMoveTable;
  gates: GateTable;
  deployments: DeploymentTable;
  deployment_revisions: DeploymentRevisionTable;
}
