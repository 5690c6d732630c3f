import type { MetricValue } from '../metrics/metric.js';

export interface ChunkReport {
  readonly epoch: number;
  /** Steps completed since the start of the job. */
  readonly step: number;
  readonly totalSteps: number;
  /** One per step of the chunk. */
  readonly losses: Float32Array;
  /** Likewise, the global norms of the gradients; absent where the optimizer does not report them. */
  readonly gradientNorms?: Float32Array;
  /** Of the last step. */
  readonly learningRate: number;
  /** Rows that were trained. */
  readonly rows: number;
  /** What they took, their reading included. */
  readonly seconds: number;
}

export interface EpochReport {
  /** From 0. */
  readonly epoch: number;
  readonly trainLoss: number;
  /** Mean over the steps; absent where the optimizer does not report the norm. */
  readonly gradientNorm?: number;
  /** Of the last step. */
  readonly learningRate: number;
  /** While the epoch was trained. */
  readonly trainMetrics: readonly MetricValue[];
  /** Absent if the validation split is empty. */
  readonly validationLoss?: number;
  /** Empty if the validation split is. */
  readonly validationMetrics: readonly MetricValue[];
}
