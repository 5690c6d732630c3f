import type { GraphBuilder, Value } from '@athanor/onnx';
import type { GradientSeed } from '../gradients.js';

export interface LossTerms {
  /** Scalar: the mean over the batch. */
  readonly loss: Value;
  /** Where differentiation starts. Losses state their gradient in closed form: it is shorter and more stable. */
  readonly seed: GradientSeed;
  /** Scalar: number of rows whose prediction is right, for losses that classify. */
  readonly correct?: Value;
}

/** Emits the mean loss of `predictions` [B, …] against `targets` [B, …]. */
export type Loss = (g: GraphBuilder, predictions: Value, targets: Value) => LossTerms;
