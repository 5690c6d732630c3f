// What a report draws besides the metrics: of bounded size, except that classes and confusion grow with the classes.

export interface ClassMetrics {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Rows whose true class is this one. */
  readonly support: number;
}

/** Rows of one true class by predicted class. */
export type ConfusionCell = readonly [trueClass: number, predictedClass: number, rows: number];

/** Rows whose predicted probability lies in (lower, upper]. */
export interface ReliabilityBin {
  readonly lower: number;
  readonly upper: number;
  readonly rows: number;
  /** Mean of the predicted probabilities. */
  readonly predicted: number;
  /** Share of rows in which what was predicted is true. */
  readonly observed: number;
}

export type RocPoint = readonly [falsePositiveRate: number, truePositiveRate: number, threshold: number];

/** counts[i] rows have an error prediction - truth in [from + i·width, from + (i+1)·width). */
export interface ResidualHistogram {
  readonly from: number;
  readonly width: number;
  readonly counts: readonly number[];
}

/** Some rows' true and predicted values. */
export interface PredictionSample {
  readonly truth: readonly number[];
  readonly predictions: readonly number[];
}

export interface Details {
  /** Per class, by index. */
  readonly perClass?: readonly ClassMetrics[];
  /**
   * Non-empty cells only, by true class, then predicted class: at most one per row, where a full matrix has classes²
   * cells.
   */
  readonly confusion?: readonly ConfusionCell[];
  /** Non-empty bins of the second of two classes' probability; of more classes, of the predicted one's. */
  readonly reliability?: readonly ReliabilityBin[];
  /** From [0, 0] to [1, 1]. */
  readonly roc?: readonly RocPoint[];
  /** One per target. */
  readonly residuals?: readonly ResidualHistogram[];
  /** One per target, of the same rows. */
  readonly sample?: readonly PredictionSample[];
}
