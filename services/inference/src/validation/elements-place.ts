import type { TensorSpec } from '../served-models/model-spec.js';

/** Where the elements belong, for the check and for its message. */
export interface ElementsPlace {
  readonly spec: TensorSpec;
  /** With the batch dimension. */
  readonly shape: readonly number[];
  readonly id: string;
  readonly model: string;
}
