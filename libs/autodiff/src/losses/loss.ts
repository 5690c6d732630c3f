// A loss is the loss of each row; the mean over a batch, row weights and the gradient follow from it (batch-loss.ts).
// `…` are any leading axes: the steps of a run.

import type { GraphBuilder, Value, ValueType } from '@athanor/onnx';

export interface Loss {
  /**
   * Converts labels as stored in the dataset […, B, …], for all steps of a run before its loop; default: they are the
   * targets.
   */
  targets?(g: GraphBuilder, labels: Value, predictions: ValueType): Value;
  /** The loss of each row […, B], for predictions […, B, D]. */
  rows(g: GraphBuilder, predictions: Value, targets: Value): Value;
  /** d rows / d predictions […, B, D], where a closed form is shorter or more stable than differentiating `rows`. */
  derivative?(g: GraphBuilder, predictions: Value, targets: Value): Value;
  /** FP32 […, B]: 0 for a row that does not count; default: all count. */
  counts?(g: GraphBuilder, labels: Value): Value;
  /** INT32 […, B]: 1 for a row that is predicted right, for classifications. */
  correct?(g: GraphBuilder, predictions: Value, labels: Value): Value;
}
