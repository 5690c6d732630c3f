// The first and the last nodes of dense encodings.

import type { GraphBuilder, Value } from '@athanor/onnx';
import { type DType, scalar } from '@athanor/tensor';

/**
 * The largest magnitude of an encoded value: every INT64 passes unchanged, and its square is finite in FP32. What is
 * beyond it, such as an outlier in units of a tiny deviation, is clipped.
 */
export const MAX_ENCODED = 2 ** 63;

/** FP64 [n, width] without NaN to finite FP32. */
export function toDense(g: GraphBuilder, value: Value): Value {
  const [low, high] = [-MAX_ENCODED, MAX_ENCODED].map(limit => g.constant(scalar('FP64', limit)));
  return cast(g, g.op('Clip', [value, low, high], { name: 'clipped' }), 'FP32');
}

/** Neither NaN nor infinite: a comparison with NaN is false. */
export function isPresent(g: GraphBuilder, x: Value): Value {
  const limit = g.constant(scalar('FP64', Number.MAX_VALUE));
  return g.op('LessOrEqual', [g.op('Abs', [x]), limit], { name: 'present' });
}

export function cast(g: GraphBuilder, value: Value, dtype: DType): Value {
  if (value.dtype === dtype) return value;
  return g.op('Cast', [value], { attributes: { to: dtype } });
}
