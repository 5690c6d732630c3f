import type { GraphBuilder, Value } from '@athanor/onnx';
import { cast, mul, scale } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** α between the kinks, 0 on them as in PyTorch. */
export const gradient = defineGradient('HardSigmoid', {
  backward: ({ g, outputs: [y], attributes: { alpha }, dy }) => ({
    x: mul(g, scale(g, dy, alpha), isBetween(g, y!)),
  }),
  cases: [
    { inputs: [[2, 8]], range: [-4, 4] },
    { inputs: [[2, 5]], attributes: { alpha: 0.5, beta: 0.25 } },
  ],
});

/** 1 where 0 < y < 1, 0 where y is 0 or 1: there y = y². */
export function isBetween(g: GraphBuilder, y: Value): Value {
  return cast(g, g.op('Greater', [y, mul(g, y, y)]), y.dtype);
}
