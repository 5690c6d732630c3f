import { type Attribute, float, floatOf, type GraphBuilder, int, intOf, ints, type Value } from '@athanor/onnx';
import { scale } from '../emit.js';
import type { GradientRule } from '../gradient-rule.js';
import { unbroadcast } from './broadcast.js';

// Y = α·A'B' + β·C with A' = A or Aᵀ.  dA' = α·dY·B'ᵀ, dB' = α·A'ᵀ·dY; a transposed operand swaps the factors.
export const gemm: GradientRule<'Gemm'> = ({ g, inputs: [a, b, c], attributes, wanted, outputGradients: [dy] }) => {
  const alpha = floatOf(attributes, 'alpha', 1);
  const [transA, transB] = [intOf(attributes, 'transA', 0), intOf(attributes, 'transB', 0)];
  const product = (left: Value, right: Value, trans: readonly [number, number]) =>
    g.op('Gemm', [left, right], { attributes: gemmAttributes(alpha, trans) });
  const gradientA = () => (transA ? product(b, dy!, [transB, 1]) : product(dy!, b, [0, 1 - transB]));
  const gradientB = () => (transB ? product(dy!, a, [1, transA]) : product(a, dy!, [1 - transA, 0]));
  return [
    wanted[0] ? gradientA() : undefined,
    wanted[1] ? gradientB() : undefined,
    c && wanted[2] ? scale(g, unbroadcast(g, dy!, c), floatOf(attributes, 'beta', 1)) : undefined,
  ];
};

function gemmAttributes(alpha: number, [transA, transB]: readonly [number, number]): Record<string, Attribute> {
  return {
    ...(alpha === 1 ? {} : { alpha: float(alpha) }),
    ...(transA ? { transA: int(1) } : {}),
    ...(transB ? { transB: int(1) } : {}),
  };
}

// d(AB)/dA = dY·Bᵀ, d(AB)/dB = Aᵀ·dY, summed over broadcast batch axes; a vector operand is a matrix with one row or column.
export const matMul: GradientRule<'MatMul'> = ({ g, inputs: [a, b], wanted, outputGradients: [dy] }) => {
  const left = a.shape.length === 1 ? g.op('Unsqueeze', [a, g.axes([0])]) : a;
  const right = b.shape.length === 1 ? g.op('Unsqueeze', [b, g.axes([1])]) : b;
  let gradient = dy!;
  if (b.shape.length === 1) gradient = g.op('Unsqueeze', [gradient, g.axes([-1])]);
  if (a.shape.length === 1) gradient = g.op('Unsqueeze', [gradient, g.axes([-2])]);
  const restore = (result: Value, operand: Value, axis: number) =>
    operand.shape.length === 1 ? g.op('Squeeze', [result, g.axes([axis])]) : result;
  return [
    wanted[0] ? restore(unbroadcast(g, product(g, gradient, right, 'B'), left), a, 0) : undefined,
    wanted[1] ? restore(unbroadcast(g, product(g, left, gradient, 'A'), right), b, 1) : undefined,
  ];
};

// Two matrices go to Gemm, which transposes for free; batches need a Transpose node.
function product(g: GraphBuilder, a: Value, b: Value, transposed: 'A' | 'B'): Value {
  if (a.shape.length === 2 && b.shape.length === 2) {
    return g.op('Gemm', [a, b], { attributes: { [transposed === 'A' ? 'transA' : 'transB']: int(1) } });
  }
  return transposed === 'A' ? g.op('MatMul', [swapLast(g, a), b]) : g.op('MatMul', [a, swapLast(g, b)]);
}

function swapLast(g: GraphBuilder, x: Value): Value {
  const axes = x.shape.map((_, axis) => axis);
  const perm = [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!];
  return g.op('Transpose', [x], { attributes: { perm: ints(perm) } });
}
