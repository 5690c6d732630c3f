import type { Evaluation } from '@athanor/contracts/api';
import type { Gate, GateResult } from '@athanor/contracts/registry';
import type { InboxTables, OutboxTables } from '@athanor/events';
import type { ColumnType, Generated } from 'kysely';
import type { JobLineage } from '../lineage/graph.js';
import type { VersionManifest } from '../models/version-digest.js';

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
  manifest: VersionManifest;
  files: { name: string; digest: string; byteSize: number }[];
  evaluations: Evaluation[];
  cpu_threads: number;
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
  create_time: Created;
}

export interface RegistryTables extends OutboxTables, InboxTables {
  models: ModelTable;
  model_versions: ModelVersionTable;
  version_jobs: VersionJobTable;
  aliases: AliasTable;
  alias_moves: AliasMoveTable;
  gates: GateTable;
  deployments: DeploymentTable;
}
