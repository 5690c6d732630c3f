// A loss is written so that as little of it as possible stands inside the training loop: targets are made for all steps
// of a run at once before it, metrics are computed from all predictions at once after it. `…` are any leading axes.

import type { GraphBuilder, Value, ValueType } from '@athanor/onnx';

export interface LossMetrics {
  /** […]: the mean over the batch axis. */
  readonly loss: Value;
  /** […] INT32: number of rows whose prediction is right, for losses that classify. */
  readonly correct?: Value;
}

export interface Loss {
  /** From labels […, B] as they lie in the data set to what the gradient and the metrics compare predictions with. */
  targets(g: GraphBuilder, labels: Value, predictions: ValueType): Value;
  /** d loss / d predictions, in closed form: shorter and more stable than differentiating the metrics. */
  gradient(g: GraphBuilder, predictions: Value, targets: Value): Value;
  metrics(g: GraphBuilder, batch: { predictions: Value; targets: Value; labels: Value }): LossMetrics;
}
