import type { ClassMetrics, Evaluation } from '@athanor/contracts/api';
import type { EpochMetrics, TrainingJob } from '@athanor/contracts/training';

/** A job with what the files of its evaluations have. */
export interface JobData {
  readonly job: TrainingJob;
  /** Oldest first. */
  readonly epochs: readonly EpochMetrics[];
  /** The split that gates refer to first. Empty until the job has succeeded. */
  readonly evaluations: readonly DetailedEvaluation[];
}

export interface DetailedEvaluation {
  readonly evaluation: Evaluation;
  readonly details: EvaluationDetails;
  readonly slices: readonly SliceMetrics[];
}

/** The content of a details file (athanor.api.v1.Evaluation.details_digest). */
export interface EvaluationDetails {
  readonly classes?: readonly ClassMetrics[];
  /** Non-empty cells. */
  readonly confusion?: readonly (readonly [trueClass: number, predictedClass: number, rows: number])[];
  readonly reliability?: readonly ReliabilityBin[];
  readonly roc?: readonly (readonly [falsePositiveRate: number, truePositiveRate: number, threshold: number])[];
  /** One per target; errors are prediction - truth. */
  readonly residuals?: readonly { readonly from: number; readonly width: number; readonly counts: readonly number[] }[];
  /** One per target. */
  readonly sample?: readonly { readonly truth: readonly number[]; readonly predictions: readonly number[] }[];
}

export interface ReliabilityBin {
  readonly lower: number;
  readonly upper: number;
  readonly rows: number;
  readonly predicted: number;
  readonly observed: number;
}

/** Metrics of the rows in which a column has some value; null: missing. */
export interface SliceMetrics {
  readonly column: string;
  readonly value: string | null;
  readonly rows: number;
  readonly metrics: Readonly<Record<string, number>>;
}
