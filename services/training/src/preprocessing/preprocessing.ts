// Feature steps are fitted on the training split and emitted as ONNX, so that training, evaluation and serving run the
// same nodes.

import type { GraphBuilder, Value } from '@athanor/onnx';
import type { DType, Tensor } from '@athanor/tensor';
import { scaleImages } from './image-scaling.js';
import { standardize } from './standardization.js';

export interface Preprocessing {
  /** One row as it lies in the data set. */
  readonly row: { readonly dtype: DType; readonly shape: readonly number[] };
  /** Number of features after preprocessing. */
  readonly width: number;
  /** Emits FP32 [N, width] for raw rows [N, …row.shape]. */
  emit(g: GraphBuilder, rows: Value): Value;
}

export class UnsupportedFeatures extends Error {
  override readonly name = 'UnsupportedFeatures';
}

/** Chooses and fits the steps for the training split's features [N, …]. */
export function fitPreprocessing(features: Tensor): Preprocessing {
  if (features.dtype === 'UINT8' && features.shape.length > 1) return scaleImages(features);
  if (features.dtype === 'FP32' && features.shape.length === 2) return standardize(features);
  throw new UnsupportedFeatures(
    `features must be UINT8 images [N, …] or FP32 columns [N, d], received ${features.dtype} [${features.shape.join(',')}]`,
  );
}
