// The loss of a batch is Σ w·l / Σ w over its rows, or their mean if all count alike. A batch may be a part of the rows of a
// step: then its loss is its share of the step's, and the shares add up to the loss of all rows.

import { type GraphBuilder, staticCount, type Value } from '@athanor/onnx';
import { int64 } from '@athanor/tensor';
import { broadcastLike, cast, div, mean, mul, scalar, sum } from '../emit.js';
import { gradients } from '../reverse-mode.js';
import type { Loss } from './loss.js';

// A batch may consist of rows of weight 0 only; its loss is 0.
const SMALLEST_TOTAL = 2 ** -126;

/** What a batch is compared with. */
export interface LossTargets {
  readonly targets: Value;
  /** […, B], not negative: the weight of each row. Without them all rows count alike. */
  readonly weights?: Value | undefined;
  /** Scalar, if the batch is a part: Σ w over all rows, or their number. Default: that of the batch. */
  readonly total?: Value | undefined;
}

export interface LossBatch extends LossTargets {
  readonly predictions: Value;
  readonly labels: Value;
}

export interface LossMetrics {
  /** […] */
  readonly loss: Value;
  /** […] INT32: number of correctly predicted rows, for classification losses. */
  readonly correct?: Value;
}

/** The weights of rows times whether they count; undefined if all count alike. */
export function rowWeights(g: GraphBuilder, loss: Loss, labels: Value, weights: Value | undefined): Value | undefined {
  const counts = loss.counts?.(g, labels);
  return weights && counts ? mul(g, weights, counts) : (weights ?? counts);
}

/** d loss / d predictions [B, D]. */
export function lossGradient(
  g: GraphBuilder,
  loss: Loss,
  predictions: Value,
  { targets, weights, total }: LossTargets,
): Value {
  const share = weights && div(g, weights, total ?? totalWeight(g, weights, true));
  const count = () => total ?? rowCount(g, predictions);
  if (loss.derivative) {
    const derivative = loss.derivative(g, predictions, targets);
    return share ? mul(g, derivative, g.op('Unsqueeze', [share, g.axes([-1])])) : div(g, derivative, count());
  }
  const rows = loss.rows(g, predictions, targets);
  const gradient = share ?? broadcastLike(g, div(g, scalar(g, rows.dtype, 1), count()), rows);
  return gradients(g, [{ value: rows, gradient }], [predictions])[0]!;
}

export function lossMetrics(g: GraphBuilder, loss: Loss, batch: LossBatch): LossMetrics {
  const { predictions, labels, targets, weights, total } = batch;
  const rows = loss.rows(g, predictions, targets);
  const correct = loss.correct && sum(g, loss.correct(g, predictions, labels), [-1], false);
  return { loss: lossOf(g, rows, { weights, total }), ...(correct && { correct }) };
}

function lossOf(g: GraphBuilder, rows: Value, { weights, total }: Pick<LossTargets, 'weights' | 'total'>): Value {
  if (weights === undefined && total === undefined) return mean(g, rows, [-1], false);
  const sumOfRows = sum(g, weights ? mul(g, rows, weights) : rows, [-1], false);
  return div(g, sumOfRows, total ?? totalWeight(g, weights!, false));
}

/** Σ w over the last axis. */
export function totalWeight(g: GraphBuilder, weights: Value, keepDims: boolean): Value {
  return g.op('Max', [sum(g, weights, [-1], keepDims), scalar(g, weights.dtype, SMALLEST_TOTAL)]);
}

/** B of [B, D], as a scalar of the same dtype. */
function rowCount(g: GraphBuilder, x: Value): Value {
  const known = staticCount(x.shape.slice(0, 1));
  if (known !== undefined) return scalar(g, x.dtype, known);
  return cast(g, g.op('Gather', [g.op('Shape', [x]), g.constant(int64([], [0]))]), x.dtype);
}
