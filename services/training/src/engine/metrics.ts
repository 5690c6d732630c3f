// Classification metrics from probabilities. Definitions as in scikit-learn's precision_recall_fscore_support with
// zero_division=0; all sums in float64 and in row order.

export interface ClassMetrics {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Rows whose true class is this one. */
  readonly support: number;
}

/** Rows of one true class by predicted class. */
export type ConfusionCell = readonly [trueClass: number, predictedClass: number, rows: number];

export interface ClassificationMetrics {
  readonly rows: number;
  readonly accuracy: number;
  /** Mean negative log-likelihood. */
  readonly loss: number;
  /** Indexed by class. */
  readonly perClass: readonly ClassMetrics[];
  /** Unweighted mean over the classes. */
  readonly macro: Omit<ClassMetrics, 'support'>;
  /** Mean over the classes, weighted by support. */
  readonly weighted: Omit<ClassMetrics, 'support'>;
  /**
   * Non-empty cells only, by true class, then predicted class: at most one per row, where a full matrix has classes²
   * cells.
   */
  readonly confusion: readonly ConfusionCell[];
}

// log 0 is infinite: probabilities are clipped as in scikit-learn's log_loss for float64.
const SMALLEST_PROBABILITY = 2 ** -52;

/** `probabilities` is row-major [N, classes], `labels` [N] with N > 0; without rows there are no metrics. */
export function classificationMetrics(
  probabilities: Float32Array,
  labels: Int32Array,
  classes: number,
): ClassificationMetrics {
  const rows = labels.length;
  if (rows === 0) throw new RangeError('expected at least one row to evaluate, received none');
  const cells = new Map<number, number>();
  let loss = 0;
  labels.forEach((label, row) => {
    const rowProbabilities = probabilities.subarray(row * classes, (row + 1) * classes);
    const cell = label * classes + argMax(rowProbabilities);
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
    loss -= Math.log(Math.max(rowProbabilities[label]!, SMALLEST_PROBABILITY));
  });
  const confusion = [...cells]
    .sort(([a], [b]) => a - b)
    .map(([cell, count]): ConfusionCell => [Math.floor(cell / classes), cell % classes, count]);
  const perClass = classMetrics(confusion, classes);
  const right = confusion.reduce((sum, [label, predicted, count]) => sum + (label === predicted ? count : 0), 0);
  return {
    rows,
    accuracy: right / rows,
    loss: loss / rows,
    perClass,
    macro: average(perClass, () => 1),
    weighted: average(perClass, ({ support }) => support),
    confusion,
  };
}

/** confusionMatrix[true * classes + predicted] */
export function denseConfusion(confusion: readonly ConfusionCell[], classes: number): number[] {
  const matrix = new Array<number>(classes * classes).fill(0);
  for (const [label, predicted, count] of confusion) matrix[label * classes + predicted] = count;
  return matrix;
}

// The first of equal maxima, as in ONNX ArgMax.
function argMax(values: Float32Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index]! > values[best]!) best = index;
  return best;
}

function classMetrics(confusion: readonly ConfusionCell[], classes: number): ClassMetrics[] {
  const counts = Array.from({ length: classes }, () => ({ hits: 0, support: 0, predicted: 0 }));
  for (const [label, predicted, count] of confusion) {
    counts[label]!.support += count;
    counts[predicted]!.predicted += count;
    if (label === predicted) counts[label]!.hits += count;
  }
  return counts.map(({ hits, support, predicted }) => ({
    precision: ratio(hits, predicted),
    recall: ratio(hits, support),
    f1: ratio(2 * hits, support + predicted),
    support,
  }));
}

function average(perClass: readonly ClassMetrics[], weightOf: (metrics: ClassMetrics) => number) {
  const total = perClass.reduce((sum, metrics) => sum + weightOf(metrics), 0);
  const mean = (field: 'precision' | 'recall' | 'f1') =>
    ratio(
      perClass.reduce((sum, metrics) => sum + weightOf(metrics) * metrics[field], 0),
      total,
    );
  return { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') };
}

// zero_division=0
function ratio(numerator: number, denominator: number): number {
  return denominator === 0 ? 0 : numerator / denominator;
}
