// A loss minimizes the nodes inside the training loop: targets are computed for all steps of a run before it, metrics
// from all predictions after it. `…` are any leading axes.

import type { GraphBuilder, Value, ValueType } from '@athanor/onnx';

export interface LossMetrics {
  /** […]: the mean over the batch axis; with weights Σ w·l / Σ w. */
  readonly loss: Value;
  /** […] INT32: number of correctly predicted rows, for classification losses. */
  readonly correct?: Value;
}

export interface Loss {
  /** Converts labels […, B] as stored in the dataset to the targets of gradient and metrics. */
  targets(g: GraphBuilder, labels: Value, predictions: ValueType): Value;
  /** d loss / d predictions, in closed form: shorter and more stable than differentiating the metrics. */
  gradient(g: GraphBuilder, predictions: Value, batch: LossTargets): Value;
  metrics(g: GraphBuilder, batch: LossBatch): LossMetrics;
}

export interface LossTargets {
  readonly targets: Value;
  /** […, B], not negative: the weight of each row. Without them all rows count alike. */
  readonly weights?: Value | undefined;
}

export interface LossBatch extends LossTargets {
  readonly predictions: Value;
  readonly labels: Value;
}
