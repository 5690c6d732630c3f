// Classification metrics from probabilities. Definitions as in scikit-learn's precision_recall_fscore_support with
// zero_division=0; all sums in float64 and in row order.

export interface ClassMetrics {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Rows of this class. */
  readonly support: number;
}

export interface ClassificationMetrics {
  readonly rows: number;
  readonly accuracy: number;
  /** Mean negative log-likelihood. */
  readonly loss: number;
  /** By class index. */
  readonly perClass: readonly ClassMetrics[];
  /** Mean over the classes. */
  readonly macro: Omit<ClassMetrics, 'support'>;
  /** Mean over the classes, weighted by their support. */
  readonly weighted: Omit<ClassMetrics, 'support'>;
  /** confusionMatrix[true][predicted] */
  readonly confusionMatrix: readonly (readonly number[])[];
}

// log 0 is not a number to report: probabilities are clipped as in scikit-learn's log_loss for float64.
const SMALLEST_PROBABILITY = 2 ** -52;

/** `probabilities` is row-major [N, classes], `labels` [N]. */
export function classificationMetrics(
  probabilities: Float32Array,
  labels: Int32Array,
  classes: number,
): ClassificationMetrics {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let loss = 0;
  labels.forEach((label, row) => {
    const rowProbabilities = probabilities.subarray(row * classes, (row + 1) * classes);
    confusion[label]![argMax(rowProbabilities)]! += 1;
    loss -= Math.log(Math.max(rowProbabilities[label]!, SMALLEST_PROBABILITY));
  });
  const rows = labels.length;
  const perClass = confusion.map((_, index) => classMetrics(confusion, index));
  const right = confusion.reduce((sum, row, index) => sum + row[index]!, 0);
  return {
    rows,
    accuracy: ratio(right, rows),
    loss: ratio(loss, rows),
    perClass,
    macro: average(perClass, () => 1),
    weighted: average(perClass, ({ support }) => support),
    confusionMatrix: confusion,
  };
}

// The first of equal maxima, as ONNX ArgMax chooses.
function argMax(values: Float32Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index]! > values[best]!) best = index;
  return best;
}

function classMetrics(confusion: readonly (readonly number[])[], index: number): ClassMetrics {
  const hits = confusion[index]![index]!;
  const support = confusion[index]!.reduce((sum, count) => sum + count, 0);
  const predicted = confusion.reduce((sum, row) => sum + row[index]!, 0);
  return {
    precision: ratio(hits, predicted),
    recall: ratio(hits, support),
    f1: ratio(2 * hits, support + predicted),
    support,
  };
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

function ratio(numerator: number, denominator: number): number {
  return denominator === 0 ? 0 : numerator / denominator;
}
