import type { Tensor } from '@athanor/tensor';
import type { Dims } from '../operator.js';

/** Longer vectors are data, not shapes, axes or bounds. */
const MAX_LENGTH = 1_024;
/** Scales of axes; longer vectors of floats are weights. */
const MAX_FLOATS = 16;

/** The contents of a constant scalar or vector of integers, booleans (0 and 1) or a few floats. */
export function smallContents(tensor: Tensor | undefined): Dims | undefined {
  if (tensor === undefined || tensor.shape.length > 1) return undefined;
  switch (tensor.dtype) {
    case 'INT64':
    case 'INT32':
    case 'BOOL':
      return tensor.data.length <= MAX_LENGTH ? Array.from(tensor.data, Number) : undefined;
    case 'FP32':
    case 'FP64':
      return tensor.data.length <= MAX_FLOATS ? Array.from(tensor.data) : undefined;
    default:
      return undefined;
  }
}
