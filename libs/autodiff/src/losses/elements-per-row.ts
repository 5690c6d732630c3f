import type { GraphBuilder, Value } from '@athanor/onnx';
import { scalar } from '../emit.js';
import { GradientError } from '../errors.js';

/** D of […, B, D], as a scalar of the same dtype. */
export function elementsPerRow(g: GraphBuilder, x: Value): Value {
  const size = x.shape.at(-1);
  if (typeof size !== 'number') throw new GradientError('a weighted loss needs a fixed number of outputs per row');
  return scalar(g, x.dtype, size);
}
