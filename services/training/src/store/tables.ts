import type { EpochMetrics, ProgressInput, TrainingResultInput, TrainingSpec } from '@athanor/contracts/training';
import type { OutboxTables } from '@athanor/events';
import type { ColumnType, Generated } from 'kysely';
import type { AttemptState } from '../attempts/attempt-state.js';
import type { JobState } from '../jobs/job-state.js';

type Created = ColumnType<Date, Date | undefined, never>;

/** Why a job ended without a model: google.rpc.Status. */
export interface JobError {
  readonly code: number;
  readonly message: string;
}

export interface JobTable {
  job_id: string;
  tenant: string;
  model_name: string;
  spec: TrainingSpec;
  state: JobState;
  phase: string;
  /** Incremented with each attempt: the fencing token. */
  attempt_epoch: number;
  progress: ProgressInput;
  result: TrainingResultInput | null;
  error: JobError | null;
  request_id: string | null;
  fingerprint: string;
  /** A queued job gets no attempt before this time (back-off after a lost attempt). */
  not_before: Date | null;
  /** Incremented with each change, for watchers. */
  revision: number;
  create_time: Created;
  end_time: Date | null;
  /** Set when its owner deleted it. The row stays for the registry, which may still have to register its result. */
  delete_time: Date | null;
}

export interface TransitionTable {
  id: Generated<number>;
  job_id: string;
  state: JobState;
  phase: string;
  reason: string;
  message: string;
  time: Created;
}

export interface AttemptTable {
  attempt_id: string;
  job_id: string;
  tenant: string;
  epoch: number;
  state: AttemptState;
  resumed_from_step: number;
  message: string;
  executor_ref: string;
  lease_expires: Date;
  /** It has not started, for a reason that may last (Waiting.isBlocked); meaningless once it runs. */
  blocked: Generated<boolean>;
  start_time: Created;
  end_time: Date | null;
}

export interface EpochTable {
  job_id: string;
  epoch: number;
  metrics: EpochMetrics;
}

export interface CheckpointTable {
  job_id: string;
  step: number;
  digest: string;
  attempt_epoch: number;
  create_time: Created;
}

/** Which blobs belong to a job: what its attempts may read back, and what readers of its result may read. */
export interface JobBlobTable {
  job_id: string;
  digest: string;
}

export interface TrainingTables extends OutboxTables {
  jobs: JobTable;
  transitions: TransitionTable;
  attempts: AttemptTable;
  epochs: EpochTable;
  checkpoints: CheckpointTable;
  job_blobs: JobBlobTable;
}
