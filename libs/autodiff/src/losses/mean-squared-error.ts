import { cast, div, mean, mul, scale, sub } from '../emit.js';
import type { Loss } from './loss.js';

/** For predictions and targets […, B, D]: loss = 1/(BD) Σ (ŷ - y)²,  d loss/dŷ = 2 (ŷ - y) / (BD) */
export const meanSquaredError: Loss = {
  targets: (_, labels) => labels,
  gradient(g, predictions, targets) {
    const count = cast(g, g.op('Size', [predictions]), predictions.dtype);
    return div(g, scale(g, sub(g, predictions, targets), 2), count);
  },
  metrics(g, { predictions, targets }) {
    const difference = sub(g, predictions, targets);
    return { loss: mean(g, mul(g, difference, difference), [-2, -1]) };
  },
};
