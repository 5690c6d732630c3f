// What normalizations have in common: x̂ = (x - mean)·r with r = 1/√(variance + ε) over some axes, and the way back.

import { type GraphBuilder, staticCount, type Value } from '@athanor/onnx';
import { type DType, tensor } from '@athanor/tensor';
import { add, cast, meanOver, mul, scalar, sub } from '../../emit.js';

export interface Standard {
  /** x̂ */
  readonly standard: Value;
  /** r, with the axes kept. */
  readonly inverse: Value;
  readonly axes: readonly number[];
}

/** Over any axes. */
export function standardize(
  g: GraphBuilder,
  x: Value,
  { axes, epsilon }: { readonly axes: readonly number[]; readonly epsilon: number },
): Standard & { readonly centered: Value } {
  const centered = sub(g, x, meanOver(g, x, axes));
  const inverse = inverseDeviation(g, meanOver(g, mul(g, centered, centered), axes), epsilon);
  return { centered, standard: mul(g, centered, inverse), inverse, axes };
}

/** Over the axes from `axis` on: one fused node. */
export function standardizeFrom(
  g: GraphBuilder,
  x: Value,
  { axis, epsilon }: { readonly axis: number; readonly epsilon: number },
): Standard {
  const [standard, , inverse] = g.ops('LayerNormalization', [x, onesFrom(g, x, axis)], {
    attributes: { axis, epsilon },
    outputs: 3,
  });
  const axes = x.shape.slice(axis).map((_, index) => axis + index);
  return { standard: standard!, inverse: cast(g, inverse!, x.dtype), axes };
}

/** 1/√(v + ε) */
export function inverseDeviation(g: GraphBuilder, v: Value, epsilon: number): Value {
  return g.op('Reciprocal', [g.op('Sqrt', [add(g, v, scalar(g, v.dtype, epsilon))])]);
}

/** The gradient of x from that of x̂: r·(d - mean(d) - x̂·mean(d·x̂)) (Ioffe, Szegedy 2015). */
export function throughStandard(g: GraphBuilder, d: Value, { standard, inverse, axes }: Standard): Value {
  const alongStandard = mul(g, standard, meanOver(g, mul(g, d, standard), axes));
  return mul(g, inverse, sub(g, sub(g, d, meanOver(g, d, axes)), alongStandard));
}

/** A vector of one number per channel, to be broadcast to [N, C, …]. */
export function perChannel(g: GraphBuilder, vector: Value, rank: number): Value {
  return rank === 2 ? vector : g.op('Reshape', [vector, g.axes([-1, ...new Array<number>(rank - 2).fill(1)])]);
}

/** All axes but that of the channels. */
export function channelAxes(rank: number): number[] {
  return [0, ...Array.from({ length: rank - 2 }, (_, index) => index + 2)];
}

// A larger constant would only make the model larger.
const MAX_CONSTANT = 4_096;

function onesFrom(g: GraphBuilder, x: Value, axis: number): Value {
  const shape = x.shape.slice(axis);
  const count = staticCount(shape);
  if (count === undefined || count > MAX_CONSTANT) {
    const sizes = count === undefined ? g.op('Shape', [x], { attributes: { start: axis } }) : g.axes(shape as number[]);
    return g.op('Expand', [scalar(g, x.dtype, 1), sizes]);
  }
  return g.constant(ones(x.dtype, shape as number[]), 'ones');
}

function ones(dtype: DType, shape: readonly number[]) {
  const count = shape.reduce((product, size) => product * size, 1);
  return dtype === 'FP64'
    ? tensor('FP64', shape, new Float64Array(count).fill(1))
    : tensor('FP32', shape, new Float32Array(count).fill(1));
}
