export interface ChunkReport {
  readonly epoch: number;
  /** Steps completed since the start of the job. */
  readonly step: number;
  readonly totalSteps: number;
  /** One per step of the chunk. */
  readonly losses: Float32Array;
}

export interface EpochReport {
  /** From 0. */
  readonly epoch: number;
  readonly trainLoss: number;
  /** Share of correctly predicted rows during the epoch. */
  readonly trainAccuracy: number;
  /** Absent if the validation split is empty. */
  readonly validationLoss?: number;
  readonly validationAccuracy?: number;
}
