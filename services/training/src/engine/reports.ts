import type { MetricValue } from '../metrics/metric.js';

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
  /** While the epoch was trained. */
  readonly trainMetrics: readonly MetricValue[];
  /** Absent if the validation split is empty. */
  readonly validationLoss?: number;
  /** Empty if the validation split is. */
  readonly validationMetrics: readonly MetricValue[];
}
