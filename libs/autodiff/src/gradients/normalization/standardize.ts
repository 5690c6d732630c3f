// What normalizations have in common: x̂ = (x - mean)·r with r = 1/√(variance + ε) over some axes, and the way back.

import type { GraphBuilder, Value } from '@athanor/onnx';
import { add, mean, mul, scalar, sub } from '../../emit.js';

export interface Standard {
  /** x̂ */
  readonly standard: Value;
  /** x - mean */
  readonly centered: Value;
  /** r, with the axes kept. */
  readonly inverse: Value;
  readonly axes: readonly number[];
}

/** In separate nodes: ONNX Runtime's LayerNormalization takes twice as long when it is asked for r too. */
export function standardize(
  g: GraphBuilder,
  x: Value,
  { axes, epsilon }: { readonly axes: readonly number[]; readonly epsilon: number },
): Standard {
  const centered = sub(g, x, mean(g, x, axes, true));
  const inverse = inverseDeviation(g, mean(g, mul(g, centered, centered), axes, true), epsilon);
  return { centered, standard: mul(g, centered, inverse), inverse, axes };
}

/** 1/√(v + ε) */
export function inverseDeviation(g: GraphBuilder, v: Value, epsilon: number): Value {
  return g.op('Reciprocal', [g.op('Sqrt', [add(g, v, scalar(g, v.dtype, epsilon))])]);
}

/** The gradient of x from that of x̂: r·(d - mean(d) - x̂·mean(d·x̂)) (Ioffe, Szegedy 2015). */
export function throughStandard(g: GraphBuilder, d: Value, { standard, inverse, axes }: Standard): Value {
  const alongStandard = mul(g, standard, mean(g, mul(g, d, standard), axes, true));
  return mul(g, inverse, sub(g, sub(g, d, mean(g, d, axes, true)), alongStandard));
}

/** A vector of one number per channel, to be broadcast to [N, C, …]. */
export function perChannel(g: GraphBuilder, vector: Value, rank: number): Value {
  return rank === 2 ? vector : g.op('Reshape', [vector, g.axes([-1, ...new Array<number>(rank - 2).fill(1)])]);
}

/** All axes but that of the channels. */
export function channelAxes(rank: number): number[] {
  return [0, ...Array.from({ length: rank - 2 }, (_, index) => index + 2)];
}
