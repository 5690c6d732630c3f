import type { TensorSpec } from '../../served-models/model-spec.js';

/** The input that elements belong to, for the check and its message. */
export interface ElementsPlace {
  readonly spec: TensorSpec;
  /** With the batch dimension. */
  readonly shape: readonly number[];
  readonly id: string;
  readonly model: string;
}
