export interface ChunkReport {
  readonly epoch: number;
  /** Steps done since the start of the job. */
  readonly step: number;
  readonly totalSteps: number;
  /** One per step of the chunk. */
  readonly losses: Float32Array;
}

export interface EpochReport {
  /** From 0. */
  readonly epoch: number;
  readonly trainLoss: number;
  /** Share of rows predicted right while the epoch ran. */
  readonly trainAccuracy: number;
  /** Absent when the validation split is empty. */
  readonly validationLoss?: number;
  readonly validationAccuracy?: number;
}
