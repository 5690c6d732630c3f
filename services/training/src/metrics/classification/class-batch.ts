/** Rows with one of several classes each. */
export interface ClassBatch {
  readonly rows: number;
  readonly classes: number;
  /** Probabilities, row-major [rows, classes]. */
  readonly scores: Float32Array;
  /** True classes [rows]. */
  readonly truth: Int32Array;
  /** Predicted classes [rows]. */
  readonly predicted: Int32Array;
}

/**
 * With a `threshold` the second of two classes is predicted from that probability on, else the most probable class: as
 * the served graph does.
 */
export function toClassBatch(scores: Float32Array, truth: Int32Array, classes: number, threshold?: number): ClassBatch {
  // The graph compares in FP32.
  const bound = threshold === undefined ? undefined : Math.fround(threshold);
  const predicted = truth.map((_, row) =>
    bound === undefined
      ? argMax(scores, row * classes, (row + 1) * classes)
      : Number(scores[row * classes + 1]! >= bound),
  );
  return { rows: truth.length, classes, scores, truth, predicted };
}

// The first of equal maxima, as in ONNX ArgMax.
function argMax(values: Float32Array, begin: number, end: number): number {
  let best = begin;
  for (let index = begin + 1; index < end; index++) if (values[index]! > values[best]!) best = index;
  return best - begin;
}
