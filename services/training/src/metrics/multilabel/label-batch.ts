/** Rows with several labels each, that apply or not. */
export interface LabelBatch {
  readonly rows: number;
  readonly labels: number;
  /** Probabilities, row-major [rows, labels]. */
  readonly scores: Float32Array;
  /** 1: the label applies; [rows, labels]. */
  readonly truth: Uint8Array;
  readonly predicted: Uint8Array;
}

/** A label is predicted from the probability `threshold` on, as the served graph does. */
export function toLabelBatch(scores: Float32Array, truth: Uint8Array, labels: number, threshold: number): LabelBatch {
  // The graph compares in FP32.
  const bound = Math.fround(threshold);
  const predicted = truth.map((_, index) => Number(scores[index]! >= bound));
  return { rows: truth.length / labels, labels, scores, truth, predicted };
}
