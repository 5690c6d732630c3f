import type { GraphBuilder, Value } from '@athanor/onnx';
import { scale } from '../emit.js';
import { GradientError } from '../errors.js';

/** The derivative of a sum over the D elements of each row […, B, D], as that of their mean. */
export function perElement(g: GraphBuilder, derivative: Value, factor = 1): Value {
  const size = derivative.shape.at(-1);
  if (typeof size !== 'number') throw new GradientError('a loss needs a fixed number of outputs per row');
  return scale(g, derivative, factor / size);
}
