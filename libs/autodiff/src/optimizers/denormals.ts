// A mean that decays towards zero, such as the momentum of a weight that no longer gets a gradient, reaches denormal numbers
// after some hundred steps and stays there: 0.9 times the smallest one is rounded to itself. CPUs compute with them ten to a
// hundred times slower (Intel's by an assist of microcode), so a step would take longer the more of them there are. Sessions
// cannot be asked to treat them as zero from Node.js.

import type { GraphBuilder, Value } from '@athanor/onnx';
import { add, cast, mul, scalar } from '../emit.js';

/** Far below what changes a weight, far above the smallest normal number, 2^-126. */
const OFFSET = 2 ** -100;
/** A mean m ← βm + g with a constant of 2^-100 added in each step: it decays to 2^-100/(1-β) instead of 0. */
export function aboveDenormals(g: GraphBuilder, mean: Value): Value {
  return add(g, mean, scalar(g, mean.dtype, OFFSET));
}

/** The same value, or 0 where it is smaller than 2^-100: for a mean whose sign matters. */
export function withoutDenormals(g: GraphBuilder, mean: Value): Value {
  const isLarge = g.op('Greater', [g.op('Abs', [mean]), scalar(g, mean.dtype, OFFSET)]);
  return mul(g, mean, cast(g, isLarge, mean.dtype));
}
