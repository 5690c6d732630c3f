// Preprocessing is fitted on the training split and emitted as ONNX, so that training, evaluation and serving run the
// same nodes.

import type { GraphBuilder, Value } from '@athanor/onnx';
import type { DType } from '@athanor/tensor';

export interface Preprocessing {
  /** One row as stored in the dataset. */
  readonly row: { readonly dtype: DType; readonly shape: readonly number[] };
  /** Number of features after preprocessing. */
  readonly width: number;
  /** Emits FP32 [N, width] for raw rows [N, …row.shape]. */
  emit(g: GraphBuilder, rows: Value): Value;
}
