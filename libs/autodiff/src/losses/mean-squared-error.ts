import { cast, div, mul, scale, sub, sum } from '../emit.js';
import type { Loss } from './loss.js';

/** loss = 1/n Σ (ŷ - y)² over all n elements,  d loss/dŷ = 2 (ŷ - y) / n */
export const meanSquaredError: Loss = (g, predictions, targets) => {
  const count = cast(g, g.op('Size', [predictions]), predictions.dtype);
  const difference = sub(g, predictions, targets);
  const axes = difference.shape.map((_, axis) => axis);
  return {
    loss: div(g, sum(g, mul(g, difference, difference), axes, false), count),
    seed: { value: predictions, gradient: div(g, scale(g, difference, 2), count) },
  };
};
