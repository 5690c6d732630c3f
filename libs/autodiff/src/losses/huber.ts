import { mean, mul, scalar, scale, sub } from '../emit.js';
import type { Loss } from './loss.js';

/**
 * For predictions and targets […, B, D]: squared near the target, linear beyond δ (Huber 1964), 1/D Σ c·(|e| - c/2) with
 * c = min(|e|, δ).
 */
export function huber(delta: number): Loss {
  return {
    rows(g, predictions, targets) {
      const size = g.op('Abs', [sub(g, predictions, targets)]);
      const near = g.op('Clip', [size, undefined, scalar(g, size.dtype, delta)]);
      return mean(g, mul(g, near, sub(g, size, scale(g, near, 0.5))), [-1], false);
    },
  };
}
