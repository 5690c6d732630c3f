import type { GraphBuilder, Value } from '@athanor/onnx';
import { add, cast, scalar, scale } from '../../emit.js';

/** `above` where x is positive, `below` elsewhere: the slope of an activation with a kink at 0, as PyTorch chooses it. */
export function step(g: GraphBuilder, x: Value, { below, above }: { below: number; above: number }): Value {
  if (below === above) return scalar(g, x.dtype, above);
  const isPositive = cast(g, g.op('Greater', [x, scalar(g, x.dtype, 0)]), x.dtype);
  const isLargest = above === 1 && below > 0 && below < 1;
  if (isLargest) return g.op('Max', [isPositive, scalar(g, x.dtype, below)]);
  const raised = scale(g, isPositive, above - below);
  return below === 0 ? raised : add(g, raised, scalar(g, x.dtype, below));
}
