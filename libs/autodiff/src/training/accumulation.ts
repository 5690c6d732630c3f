// A step whose rows do not fit into memory at once: their batches follow each other in a loop of its own, which adds up
// the derivatives. A batch's loss is its share of that of all rows of the step (batch-loss.ts), so a step of four batches of
// 8 is one of 32 rows, with row weights and with a shorter last batch too; only batch normalization sees the batches.

import { type GraphBuilder, loop, type Value } from '@athanor/onnx';
import { int64, tensor } from '@athanor/tensor';
import { add, cast, div, mul, scalar, zerosLike } from '../emit.js';
import { type LossMetrics, lossMetrics, totalWeight } from '../losses/batch-loss.js';
import { batchGradients, penaltiesOf } from './batch-gradients.js';
import type { GraphRandom } from './graph-random.js';
import type { Named } from './network.js';
import { type PackedGroup, packValues } from './packing.js';
import type { AccumulationSpec, StepSpec } from './step-spec.js';

/** The rows of a step, [B, …]. Nodes are emitted for what is called. */
export interface StepRows {
  readonly inputs: Named<Value>;
  labels(): Value;
  /** Created by the loss, once the width of the predictions is known. */
  targets(predictions: Value): Value;
  weights(): Value | undefined;
}

export interface AccumulatedGradients {
  /** One per group, the gradient of the L2 penalties included. */
  readonly gradients: readonly Value[];
  /** Over all rows of the step. */
  readonly metrics: LossMetrics;
  readonly buffers: readonly Value[];
}

export interface AccumulatedStep {
  readonly groups: readonly PackedGroup[];
  readonly rows: StepRows;
  readonly trained: Named<Value>;
  readonly frozen: Named<Value>;
  /** Before the step. */
  readonly buffers: readonly Value[];
  randomOf(g: GraphBuilder, batch: Value): GraphRandom;
}

export function accumulateGradients(
  g: GraphBuilder,
  spec: StepSpec & { readonly accumulation: AccumulationSpec },
  step: AccumulatedStep,
): AccumulatedGradients {
  const { batchRows } = spec.accumulation;
  const { rows } = step;
  const [labels, weights] = [rows.labels(), rows.weights()];
  const integer = (value: number) => g.constant(int64([], [value]));
  const count = g.op('Gather', [g.op('Shape', [labels]), integer(0)]);
  const total = weights ? totalWeight(g, weights, false) : cast(g, count, 'FP32');
  const tripCount = div(g, add(g, count, integer(batchRows - 1)), integer(batchRows));
  const start = [...penaltyGradients(g, spec, step), ...step.buffers, scalar(g, 'FP32', 0)];
  const counter = spec.loss.correct ? [g.constant(tensor('INT32', [], Int32Array.of(0)))] : [];
  const { carried } = loop(
    g,
    { tripCount, carried: [...start, ...counter], name: 'batches' },
    (body, index, before) => {
      const [sums, buffers, [loss, correct]] = splitCarried(before, step);
      const part = (value: Value) => batchOf(body, value, { index, batchRows });
      const batch = { labels: part(labels), weights: weights && part(weights), total };
      let targets: Value | undefined;
      const result = batchGradients(body, spec, {
        ...step,
        buffers,
        inputs: new Map([...rows.inputs].map(([name, value]) => [name, part(value)])),
        targets(predictions) {
          targets = part(rows.targets(predictions));
          return { ...batch, targets };
        },
        random: step.randomOf(body, index),
      });
      const metrics = lossMetrics(body, spec.loss, { ...batch, predictions: result.predictions, targets: targets! });
      const packed = packValues(body, step.groups, result.derivatives);
      const after = [
        ...sums.map((sum, group) => add(body, sum, packed[group]!)),
        ...result.buffers,
        add(body, loss!, metrics.loss),
        ...(metrics.correct ? [add(body, correct!, metrics.correct)] : []),
      ];
      return { carried: after, scanned: [] };
    },
  );
  const [gradients, buffers, [loss, correct]] = splitCarried(carried, step);
  return { gradients, buffers, metrics: { loss: loss!, ...(correct && { correct }) } };
}

/** λp of each group, where the sums of the derivatives start: a penalty counts once per step. */
function penaltyGradients(g: GraphBuilder, { network }: StepSpec, { groups, trained }: AccumulatedStep): Value[] {
  const penaltyOf = penaltiesOf(network);
  const gradients = [...trained].map(([name, value]): [string, Value] => {
    return [name, penaltyOf(g, name, value) ?? zerosLike(g, value)];
  });
  return packValues(g, groups, new Map(gradients));
}

function splitCarried(carried: readonly Value[], { groups, buffers }: AccumulatedStep) {
  const endOfBuffers = groups.length + buffers.length;
  return [
    carried.slice(0, groups.length),
    carried.slice(groups.length, endOfBuffers),
    carried.slice(endOfBuffers),
  ] as const;
}

/** The rows of a batch along the first axis; the last batch ends with the step. */
function batchOf(
  g: GraphBuilder,
  rows: Value,
  { index, batchRows }: { readonly index: Value; readonly batchRows: number },
): Value {
  const size = g.axes([batchRows]);
  const begin = mul(g, index, size);
  const part = g.op('Slice', [rows, begin, add(g, begin, size), g.axes([0])]);
  return { ...part, shape: ['rows', ...rows.shape.slice(1)] };
}
