import { mean, sub } from '../emit.js';
import type { Loss } from './loss.js';

/** For predictions and targets […, B, D]: 1/D Σ |ŷ - y| */
export const absoluteError: Loss = {
  rows: (g, predictions, targets) => mean(g, g.op('Abs', [sub(g, predictions, targets)]), [-1], false),
};
