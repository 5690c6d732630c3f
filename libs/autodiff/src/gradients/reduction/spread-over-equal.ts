import type { Value } from '@athanor/onnx';
import { cast, div, mul, sum } from '../../emit.js';
import { type Reduction, reducedAxes, spread, withReducedAxes } from './spread.js';

/** Of the largest or smallest element: the gradient goes to the elements that equal the result, in equal shares. */
export function spreadOverEqual(call: Reduction): Value {
  const { g, inputs, outputs, dy } = call;
  const isResult = cast(g, g.op('Equal', [inputs.x, spread(call, outputs[0]!)]), dy.dtype);
  const count = sum(g, isResult, reducedAxes(call), true);
  return mul(g, isResult, div(g, withReducedAxes(call, dy), count));
}
