// Row weights of a loss: Σ w·l / Σ w over the batch axis. Rows without weights leave the graph as it is without them.

import type { GraphBuilder, Value } from '@athanor/onnx';
import { div, mean, mul, scalar, sum } from '../emit.js';

// A batch may consist of rows of weight 0 only; its loss is 0.
const SMALLEST_TOTAL = 2 ** -126;

/** The mean of the losses of rows and elements, `terms` […, B, D]. */
export function meanOfElements(g: GraphBuilder, terms: Value, weights: Value | undefined): Value {
  return weights === undefined ? mean(g, terms, [-2, -1]) : meanOfRows(g, mean(g, terms, [-1]), weights);
}

/** The mean of the losses of rows, `terms` […, B]. */
export function meanOfRows(g: GraphBuilder, terms: Value, weights: Value | undefined): Value {
  if (weights === undefined) return mean(g, terms, [-1]);
  return div(g, sum(g, mul(g, terms, weights), [-1], false), total(g, weights, false));
}

/** `derivative` […, B, D] of each row's own loss, scaled to that of the batch's: times w / Σ w. */
export function weighRows(g: GraphBuilder, derivative: Value, weights: Value): Value {
  const shares = div(g, weights, total(g, weights, true));
  return mul(g, derivative, g.op('Unsqueeze', [shares, g.axes([-1])]));
}

function total(g: GraphBuilder, weights: Value, keepDims: boolean): Value {
  return g.op('Max', [sum(g, weights, [-1], keepDims), scalar(g, weights.dtype, SMALLEST_TOTAL)]);
}
