import type { Value } from '@athanor/onnx';
import { scale } from '../../emit.js';
import { unbroadcast } from '../../unbroadcast.js';
import { defineGradient } from '../gradient.js';

/** Y = α·A'B' + β·C.  dA' = α·dY·B'ᵀ, dB' = α·A'ᵀ·dY; a transposed operand swaps the factors. */
export const gradient = defineGradient('Gemm', {
  backward({ g, inputs: { a, b, c }, attributes: { alpha, beta, transA, transB }, wanted, dy }) {
    const product = (left: Value, right: Value, [transLeft, transRight]: readonly [boolean, boolean]) => {
      const attributes = {
        ...(alpha !== 1 && { alpha }),
        ...(transLeft && { transA: true }),
        ...(transRight && { transB: true }),
      };
      return g.op('Gemm', [left, right], { attributes });
    };
    const gradientA = () => (transA ? product(b, dy, [transB, true]) : product(dy, b, [false, !transB]));
    const gradientB = () => (transB ? product(dy, a, [true, transA]) : product(a, dy, [!transA, false]));
    return {
      a: wanted.a ? gradientA() : undefined,
      b: wanted.b ? gradientB() : undefined,
      c: c && wanted.c ? scale(g, unbroadcast(g, dy, c), beta) : undefined,
    };
  },
  cases: [
    { inputs: [[2, 3], [3, 4], [4]], attributes: { alpha: 0.5, beta: 2 } },
    {
      inputs: [
        [3, 2],
        [3, 4],
        [2, 4],
      ],
      attributes: { alpha: 0.5, beta: 2, transA: true },
    },
    {
      inputs: [
        [2, 3],
        [4, 3],
        [2, 1],
      ],
      attributes: { alpha: 0.5, beta: 2, transB: true },
    },
    {
      inputs: [
        [3, 2],
        [4, 3],
      ],
      attributes: { transA: true, transB: true },
    },
  ],
});
