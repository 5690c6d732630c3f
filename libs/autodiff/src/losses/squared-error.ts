import { mean, mul, sub } from '../emit.js';
import type { Loss } from './loss.js';
import { perElement } from './per-element.js';

/** For predictions and targets […, B, D]: 1/D Σ (ŷ - y)²,  d loss/dŷ = 2 (ŷ - y) / D */
export const squaredError: Loss = {
  rows(g, predictions, targets) {
    const difference = sub(g, predictions, targets);
    return mean(g, mul(g, difference, difference), [-1], false);
  },
  derivative: (g, predictions, targets) => perElement(g, sub(g, predictions, targets), 2),
};
