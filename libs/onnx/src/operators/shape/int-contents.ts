import type { Tensor } from '@athanor/tensor';
import type { Dims } from '../operator.js';

/** Longer vectors are data, not shapes, axes or bounds. */
const MAX_LENGTH = 1_024;

/** The contents of a constant integer scalar or vector. */
export function intContents(tensor: Tensor | undefined): Dims | undefined {
  if (tensor?.dtype !== 'INT64' && tensor?.dtype !== 'INT32') return undefined;
  return tensor.shape.length <= 1 && tensor.data.length <= MAX_LENGTH ? Array.from(tensor.data, Number) : undefined;
}
