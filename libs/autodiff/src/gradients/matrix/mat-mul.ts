import type { GraphBuilder, Value } from '@athanor/onnx';
import { transpose } from '../../emit.js';
import { unbroadcast } from '../../unbroadcast.js';
import { defineGradient } from '../gradient.js';

/** d(AB)/dA = dY·Bᵀ, d(AB)/dB = Aᵀ·dY, summed over broadcast batch axes; a vector is a matrix with one row or column. */
export const gradient = defineGradient('MatMul', {
  backward({ g, inputs: { a, b }, wanted, dy }) {
    const left = a.shape.length === 1 ? g.op('Unsqueeze', [a, g.axes([0])]) : a;
    const right = b.shape.length === 1 ? g.op('Unsqueeze', [b, g.axes([1])]) : b;
    let gradient = dy;
    if (b.shape.length === 1) gradient = g.op('Unsqueeze', [gradient, g.axes([-1])]);
    if (a.shape.length === 1) gradient = g.op('Unsqueeze', [gradient, g.axes([-2])]);
    const restore = (result: Value, operand: Value, axis: number) =>
      operand.shape.length === 1 ? g.op('Squeeze', [result, g.axes([axis])]) : result;
    return {
      a: wanted.a ? restore(unbroadcast(g, product(g, gradient, right, 'B'), left), a, 0) : undefined,
      b: wanted.b ? restore(unbroadcast(g, product(g, left, gradient, 'A'), right), b, 1) : undefined,
    };
  },
  cases: [
    {
      inputs: [
        [2, 3],
        [3, 4],
      ],
    },
    {
      inputs: [
        [5, 2, 3],
        [5, 3, 4],
      ],
    },
    {
      inputs: [
        [5, 2, 3],
        [3, 4],
      ],
    },
    {
      inputs: [
        [2, 1, 2, 3],
        [4, 3, 2],
      ],
    },
    { inputs: [[3], [3, 4]] },
    { inputs: [[2, 3], [3]] },
    { inputs: [[3], [3]] },
    { inputs: [[3], [2, 3, 4]] },
  ],
});

// Two matrices go to Gemm, which transposes for free; batches need a Transpose node.
function product(g: GraphBuilder, a: Value, b: Value, transposed: 'A' | 'B'): Value {
  if (a.shape.length === 2 && b.shape.length === 2) {
    return g.op('Gemm', [a, b], { attributes: transposed === 'A' ? { transA: true } : { transB: true } });
  }
  return transposed === 'A' ? g.op('MatMul', [swapLast(g, a), b]) : g.op('MatMul', [a, swapLast(g, b)]);
}

function swapLast(g: GraphBuilder, x: Value): Value {
  const axes = x.shape.map((_, axis) => axis);
  return transpose(g, x, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
}
