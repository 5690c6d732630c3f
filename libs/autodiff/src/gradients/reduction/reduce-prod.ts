import type { Value } from '@athanor/onnx';
import { int64 } from '@athanor/tensor';
import { add, cast, div, mul, scalar, sub, sum } from '../../emit.js';
import { defineGradient } from '../gradient.js';
import { reducedAxes, withReducedAxes } from './spread.js';

/** The product of the other elements: 0 if two elements are 0; of one that is 0, the product of all that are not. */
export const gradient = defineGradient('ReduceProd', {
  backward(call) {
    const {
      g,
      inputs: { x },
      dy,
    } = call;
    const axes = reducedAxes(call);
    const equals = (value: Value, number: number) =>
      cast(g, g.op('Equal', [value, scalar(g, dy.dtype, number)]), dy.dtype);
    const isZero = equals(x, 0);
    const zeros = sum(g, isZero, axes, true);
    const nonZero = add(g, x, isZero);
    const product = g.op('ReduceProd', [nonZero, g.axes(axes)]);
    const ofZero = mul(g, isZero, equals(zeros, 1));
    const ofOthers = div(g, mul(g, sub(g, scalar(g, dy.dtype, 1), isZero), equals(zeros, 0)), nonZero);
    return { x: mul(g, mul(g, withReducedAxes(call, dy), product), add(g, ofZero, ofOthers)) };
  },
  cases: [{ inputs: [[2, 3, 4], int64([1], [1])] }, { inputs: [[2, 3]], attributes: { keepdims: false } }],
});
