// One training step that also says which of its values are finite: with it a step is repeated to find where a NaN or an
// infinity first appeared.

import { type GraphBuilder, type Model, toModel, type Value } from '@athanor/onnx';
import { isFloat } from '@athanor/tensor';
import { buildStep, type TrainGraphSpec } from './train-graph.js';

export interface TappedGraph {
  readonly model: Model;
  /** The values of the step in the order in which they are computed. */
  readonly taps: readonly Tap[];
}

export interface Tap {
  readonly value: string;
  /** The operator that computes it; undefined for an input of the graph: weights, state, rows. */
  readonly op?: string;
}

/** Name of the output with one flag per tap, UINT8: whether all elements are finite. */
export const FINITE = 'finite';

/** Takes what the training graph takes, for one step of a single batch. */
export function buildTappedGraph(spec: TrainGraphSpec): TappedGraph {
  const { g } = buildStep(spec, 'tapped');
  const taps: Tap[] = [];
  const flags: Value[] = [];
  const tap = (name: string, op?: string) => {
    const value = g.find(name);
    if (value === undefined || !isFloat(value.dtype)) return;
    taps.push({ value: name, ...(op !== undefined && { op }) });
    flags.push(isAllFinite(g, value));
  };
  const nodes = [...g.nodes()];
  for (const { name } of g.graph().inputs) tap(name);
  for (const { op, outputs } of nodes) for (const name of outputs) tap(name, op);
  g.output(g.op('Concat', flags, { attributes: { axis: 0 } }), FINITE);
  return { model: toModel(g.graph()), taps };
}

/** UINT8 [1]. x - x is 0 for a finite x, else NaN. */
function isAllFinite(g: GraphBuilder, value: Value): Value {
  const flat = g.op('Reshape', [value, g.axes([-1])]);
  const zeros = g.op('ReduceSum', [g.op('Sub', [flat, flat]), g.axes([0])]);
  return g.op('Cast', [g.op('Not', [g.op('IsNaN', [zeros])])], { attributes: { to: 'UINT8' } });
}
