import { type GraphBuilder, staticCount, type Value } from '@athanor/onnx';
import { normalizeAxis } from '@athanor/tensor';
import { broadcastLike, cast, div, scale } from '../../emit.js';
import { GradientError } from '../../errors.js';
import type { GradientCall } from '../gradient.js';

/** A call of any reduction. */
export type Reduction = Omit<GradientCall<'ReduceSum'>, 'op'> & { readonly op: string };

/** A value in the shape of the reduction's result, repeated in the shape of its operand. */
export function spread(call: Reduction, value: Value): Value {
  return broadcastLike(call.g, withReducedAxes(call, value), call.inputs.x);
}

/** A value in the shape of the reduction's result, with the reduced axes as axes of size 1. */
export function withReducedAxes(call: Reduction, value: Value): Value {
  const axes = reducedAxes(call);
  return call.attributes.keepdims || axes.length === 0 ? value : call.g.op('Unsqueeze', [value, call.g.axes(axes)]);
}

export function reducedAxes({ op, inputs, attributes, contents }: Reduction): number[] {
  const rank = inputs.x.shape.length;
  const given = inputs.axes ? contents.axes : [];
  if (!given?.every(axis => typeof axis === 'number'))
    throw new GradientError(`${op} needs constant axes to be differentiated`);
  if (given.length > 0) return given.map(axis => normalizeAxis(axis as number, rank));
  return attributes.noop_with_empty_axes ? [] : Array.from({ length: rank }, (_, axis) => axis);
}

/** Divided by the number of elements that a reduction of `of` along axes makes one of. */
export function divideByCount(
  g: GraphBuilder,
  value: Value,
  { of, axes }: { readonly of: Value; readonly axes: readonly number[] },
): Value {
  const count = staticCount(axes.map(axis => of.shape[axis]!));
  if (count !== undefined) return scale(g, value, 1 / count);
  const sizes = g.op('Gather', [g.op('Shape', [of]), g.axes(axes)]);
  const product = g.op('ReduceProd', [sizes, g.axes([0])], { attributes: { keepdims: false } });
  return div(g, value, cast(g, product, value.dtype));
}
