// The training loop as one ONNX graph: `Loop` over mini-batches, so that one run() of the runtime trains K steps.
//
//   inputs   the state (parameters, optimizer slots, step), features, labels, batch_indices [K,B], learning_rate [K]
//   outputs  next/<state>, loss [K], and correct [K], gradient_norm [K] where they exist
//
// K and B are fed, not baked in. The data set is an outer value of the body: passed once per run, never per step.

import { type GraphBuilder, GraphBuilder as Builder, loop, type Model, toModel, type Value } from '@athanor/onnx';
import type { ValueType } from '@athanor/onnx';
import { int64 } from '@athanor/tensor';
import { cast, mul, sub } from '../emit.js';
import { gradients } from '../gradients.js';
import type { Loss } from '../losses/loss.js';
import { materialize, type Optimizer, type StateSlot, withFactor, type Update } from '../optimizers/transform.js';
import { packParameters, type PackedGroup, packValues, type Parameter, unpackValues } from './packing.js';

export interface TrainGraphSpec {
  /** Emits the predictions for a batch of features as they lie in the data set (preprocessing included). */
  forward(g: GraphBuilder, features: Value, parameters: ReadonlyMap<string, Value>): Value;
  readonly parameters: readonly Parameter[];
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  /** Types of the whole data set: the first axis is the row. */
  readonly features: ValueType;
  readonly labels: ValueType;
  /** See packing.ts. */
  readonly packBelow?: number;
}

export interface TrainGraph {
  readonly model: Model;
  readonly groups: readonly PackedGroup[];
  /** FP32 slots that start at zero. */
  readonly optimizerSlots: readonly StateSlot[];
}

export const TRAIN_INPUTS = {
  step: 'step',
  features: 'features',
  labels: 'labels',
  batchIndices: 'batch_indices',
  learningRate: 'learning_rate',
} as const;
export const TRAIN_OUTPUTS = { loss: 'loss', correct: 'correct', gradientNorm: 'gradient_norm' } as const;
/** What a state tensor is called after the run. */
export const nextName = (name: string): string => `next/${name}`;

const DEFAULT_PACK_BELOW = 16_384;

export function buildTrainGraph(spec: TrainGraphSpec): TrainGraph {
  const groups = packParameters(spec.parameters, spec.packBelow ?? DEFAULT_PACK_BELOW);
  const optimizerSlots = spec.optimizer.flatMap(transform => transform.init(groups));
  const g = new Builder('train');
  const state = [...groups, ...optimizerSlots].map(({ name, shape }) => g.input(name, { dtype: 'FP32', shape }));
  state.push(g.input(TRAIN_INPUTS.step, { dtype: 'INT64', shape: [] }));
  const features = g.input(TRAIN_INPUTS.features, spec.features);
  const labels = g.input(TRAIN_INPUTS.labels, spec.labels);
  const batchIndices = g.input(TRAIN_INPUTS.batchIndices, { dtype: 'INT32', shape: ['steps', 'batch'] });
  const rates = g.input(TRAIN_INPUTS.learningRate, { dtype: 'FP32', shape: ['steps'] });
  const tripCount = g.op('Squeeze', [g.op('Slice', [g.op('Shape', [rates]), g.axes([0]), g.axes([1])])]);
  const result = loop(g, { tripCount, carried: state, name: 'train' }, (body, iteration, carried) => {
    const rows = body.op('Gather', [batchIndices, iteration]);
    const batch = { features: body.op('Gather', [features, rows]), labels: body.op('Gather', [labels, rows]) };
    const learningRate = body.op('Gather', [rates, iteration]);
    return trainStep(body, spec, { groups, carried, batch, learningRate });
  });
  result.carried.forEach((value, index) => {
    g.output(value, nextName(state[index]!.name));
  });
  // Fixed order of metrics: loss, then those that the loss and the optimizer offer.
  const names = [TRAIN_OUTPUTS.loss, TRAIN_OUTPUTS.correct, TRAIN_OUTPUTS.gradientNorm];
  result.scanned.forEach((value, index) => {
    g.output(value, names[index]!);
  });
  return { model: toModel(g.graph()), groups, optimizerSlots };
}

export { int64, cast, mul, sub, gradients, materialize, withFactor, type Update };
