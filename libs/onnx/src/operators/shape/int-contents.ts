import type { Tensor } from '@athanor/tensor';
import { type Dims, MAX_CONTENTS } from '../operator.js';

/** The contents of a constant integer scalar or vector. */
export function intContents(tensor: Tensor | undefined): Dims | undefined {
  if (tensor?.dtype !== 'INT64' && tensor?.dtype !== 'INT32') return undefined;
  return tensor.shape.length <= 1 && tensor.data.length <= MAX_CONTENTS ? Array.from(tensor.data, Number) : undefined;
}
