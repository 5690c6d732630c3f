import { cast, div, mul, scale, sub } from '../emit.js';
import { elementsPerRow } from './elements-per-row.js';
import type { Loss } from './loss.js';
import { meanOfElements, weighRows } from './weighting.js';

/** For predictions and targets […, B, D]: loss = 1/(BD) Σ (ŷ - y)²,  d loss/dŷ = 2 (ŷ - y) / (BD) */
export const meanSquaredError: Loss = {
  targets: (_, labels) => labels,
  gradient(g, predictions, { targets, weights }) {
    const derivative = () => scale(g, sub(g, predictions, targets), 2);
    if (weights !== undefined) return weighRows(g, div(g, derivative(), elementsPerRow(g, predictions)), weights);
    const count = cast(g, g.op('Size', [predictions]), predictions.dtype);
    return div(g, derivative(), count);
  },
  metrics(g, { predictions, targets, weights }) {
    const difference = sub(g, predictions, targets);
    return { loss: meanOfElements(g, mul(g, difference, difference), weights) };
  },
};
