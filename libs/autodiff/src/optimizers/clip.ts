import type { GraphBuilder, Value } from '@athanor/onnx';
import { add, div, mul, scalar } from '../emit.js';
import { materialize, type Transform, type Update } from './transform.js';

/** Clamps each element of each gradient to [-limit, limit]. */
export function clipByValue(limit: number): Transform {
  return {
    init: () => [],
    update: ({ g, updates }) => ({
      updates: updates.map((update): Update => {
        const gradient = materialize(g, update);
        return { value: g.op('Clip', [gradient, scalar(g, gradient.dtype, -limit), scalar(g, gradient.dtype, limit)]) };
      }),
      state: [],
    }),
  };
}

/** Scales all gradients by min(1, maxNorm/(‖g‖ + 1e-6)), ‖g‖ over all parameters together; 1e-6 as in PyTorch. */
export function clipByGlobalNorm(maxNorm: number): Transform {
  return {
    init: () => [],
    update({ g, updates }) {
      const norm = globalNorm(g, updates);
      const ratio = div(g, scalar(g, norm.dtype, maxNorm), add(g, norm, scalar(g, norm.dtype, 1e-6)));
      const factor = g.op('Min', [ratio, scalar(g, norm.dtype, 1)]);
      const clipped = updates.map((update): Update => {
        return { value: update.value, factor: update.factor ? mul(g, update.factor, factor) : factor };
      });
      return { updates: clipped, state: [], gradientNorm: norm };
    },
  };
}

/** Reports the norm of all gradients together, and leaves them as they are. */
export function reportGlobalNorm(): Transform {
  return {
    init: () => [],
    update: ({ g, updates }) => ({ updates, state: [], gradientNorm: globalNorm(g, updates) }),
  };
}

function globalNorm(g: GraphBuilder, updates: readonly Update[]): Value {
  const squares = updates.map((update): Value => {
    const gradient = materialize(g, update);
    const axes = g.axes(gradient.shape.map((_, axis) => axis));
    return g.op('ReduceSumSquare', [gradient, axes], { attributes: { keepdims: false } });
  });
  return g.op('Sqrt', [squares.length === 1 ? squares[0]! : g.op('Sum', squares)]);
}
