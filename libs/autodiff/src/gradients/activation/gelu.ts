import type { GraphBuilder, Value } from '@athanor/onnx';
import { add, mul, neg, scalar, scale, sub } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** Φ(x) + x·φ(x), or the derivative of the approximation by tanh. */
export const gradient = defineGradient('Gelu', {
  backward: ({ g, inputs: { x }, attributes: { approximate }, dy }) => ({
    x: mul(g, dy, approximate === 'none' ? exactSlope(g, x) : tanhSlope(g, x)),
  }),
  cases: [{ inputs: [[2, 5]] }, { inputs: [[2, 5]], attributes: { approximate: 'tanh' } }],
});

// With u = x/√2: ½(1 + erf(u) + 2/√π · u·e^(-u²))
function exactSlope(g: GraphBuilder, x: Value): Value {
  const u = scale(g, x, Math.SQRT1_2);
  const bell = g.op('Exp', [neg(g, mul(g, u, u))]);
  const density = mul(g, scale(g, u, 2 / Math.sqrt(Math.PI)), bell);
  return scale(g, add(g, add(g, g.op('Erf', [u]), density), scalar(g, x.dtype, 1)), 0.5);
}

// With t = tanh(v), v = kx(1 + cx²): ½(1 + t)(1 + x(1 - t)v′), v′ = k(1 + 3cx²)
function tanhSlope(g: GraphBuilder, x: Value): Value {
  const [k, c] = [Math.sqrt(2 / Math.PI), 0.044715];
  const one = scalar(g, x.dtype, 1);
  const square = mul(g, x, x);
  const polynomial = (factor: number) => add(g, scale(g, square, k * factor), scalar(g, x.dtype, k));
  const t = g.op('Tanh', [mul(g, x, polynomial(c))]);
  const inner = mul(g, mul(g, x, polynomial(3 * c)), sub(g, one, t));
  return mul(g, scale(g, add(g, t, one), 0.5), add(g, inner, one));
}
