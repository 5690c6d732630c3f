import type { Cursor } from './checkpoint.js';
import type { MemoryEstimate } from './memory-estimate.js';
import type { ChunkReport, EpochReport } from './reports.js';
import type { TrainingSpec } from './spec.js';
import type { TrainingData } from './training-data.js';

export interface TrainOptions {
  readonly spec: TrainingSpec;
  readonly data: TrainingData;
  /** A checkpoint of the same job; the result equals that of an uninterrupted run bit for bit. */
  readonly resumeFrom?: Uint8Array | undefined;
  onChunk?(report: ChunkReport): void | Promise<void>;
  /** May be called twice for an epoch if training resumes from its last step. */
  onEpoch?(report: EpochReport): void | Promise<void>;
  /** Called every `checkpointEverySteps`, when stopped, and at the end; not for the step that training resumed from. */
  onCheckpoint?(checkpoint: Uint8Array, cursor: Cursor): void | Promise<void>;
  /** Called before the first step, for runs of as many steps as there can be in one. */
  onEstimate?(estimate: MemoryEstimate): void;
  /** In bytes; a job whose first step needs more is refused. Default: it is not checked. */
  readonly memoryLimit?: number;
  /** Stops between two runs, after a checkpoint. */
  readonly signal?: AbortSignal;
  /** Clock in milliseconds, which sizes the runs and times them; it does not change the result. */
  readonly clock?: () => number;
}
