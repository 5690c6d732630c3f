import type { Tensor } from '@athanor/tensor';
import { scaleImages } from './image-scaling.js';
import type { Preprocessing } from './preprocessing.js';
import { standardize } from './standardization.js';

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
