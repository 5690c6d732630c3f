// The training loop as one ONNX graph: `Loop` over mini-batches, so that one run() of the runtime trains K steps.
//
//   inputs   the state (parameters, optimizer slots, step), rows/<input>, labels, weights if rows have them,
//            batch_indices [K,B], learning_rate [K]
//   outputs  next/<state>, loss [K], and correct [K], gradient_norm [K] where they exist
//
// K and B are fed, not baked in. The data set is an outer value of the body: passed once per run, never per step.

import { GraphBuilder, loop, type Model, toModel, type Value, type ValueType } from '@athanor/onnx';
import { int64 } from '@athanor/tensor';
import { add, at } from '../emit.js';
import type { LossMetrics } from '../losses/loss.js';
import type { ParameterGroup, StateSlot } from '../optimizers/transform.js';
import { createGraphRandom } from './graph-random.js';
import { type PackedGroup, packParameters } from './packing.js';
import { type StepOutputs, type StepSpec, scheduleSteps, trainStep } from './train-step.js';

export interface TrainGraphSpec extends StepSpec {
  /** Types of the whole dataset, by input of the network: the first axis is the row. */
  readonly inputs: Readonly<Record<string, ValueType>>;
  readonly labels: ValueType;
  /** FP32 [rows]: the weight of each row in the loss. */
  readonly weights?: ValueType;
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
  labels: 'labels',
  weights: 'weights',
  batchIndices: 'batch_indices',
  learningRate: 'learning_rate',
} as const;

export const METRICS = { loss: 'loss', correct: 'correct', gradientNorm: 'gradient_norm' } as const;

const DEFAULT_PACK_BELOW = 16_384;

/** Name of the graph's input with the rows of an input of the network. */
export const rowsName = (input: string): string => `rows/${input}`;

/** Name of a state tensor after the run. */
export const nextName = (name: string): string => `next/${name}`;

/** Trains K steps per run. */
export function buildTrainGraph(spec: TrainGraphSpec): TrainGraph {
  return assemble(spec, 'train', (g, { state, rates }, step) => {
    const carry = { tripCount: g.op('Size', [rates]), carried: state, name: 'train' };
    const { carried, scanned } = loop(g, carry, (body, iteration, before) => {
      const { state: after, predictions, gradientNorm } = step(body, iteration, before);
      return { carried: after, scanned: gradientNorm ? [predictions, gradientNorm] : [predictions] };
    });
    const [predictions, gradientNorm] = scanned;
    return { state: carried, predictions: predictions!, ...(gradientNorm ? { gradientNorm } : {}) };
  });
}

/** The same step without the loop, K = 1: a baseline for measurements, and easier to inspect. */
export function buildStepGraph(spec: TrainGraphSpec): TrainGraph {
  return assemble(spec, 'step', (g, { state }, step) => {
    const { predictions, gradientNorm, ...rest } = step(g, g.constant(int64([], [0])), state);
    const stacked = (value: Value) => g.op('Unsqueeze', [value, g.axes([0])]);
    return {
      ...rest,
      predictions: stacked(predictions),
      ...(gradientNorm ? { gradientNorm: stacked(gradientNorm) } : {}),
    };
  });
}

type Step = (scope: GraphBuilder, iteration: Value, state: readonly Value[]) => StepOutputs;
/** Stacks the outputs over K steps: predictions are [K, B, …] and the gradient norm is [K]. */
type Execution = (g: GraphBuilder, inputs: { state: readonly Value[]; rates: Value }, step: Step) => StepOutputs;

function assemble(spec: TrainGraphSpec, name: string, execute: Execution): TrainGraph {
  const groups = packParameters(spec.parameters, spec.packBelow ?? DEFAULT_PACK_BELOW);
  const optimizerSlots = spec.optimizer.flatMap(transform => transform.init(groups));
  const g = new GraphBuilder(name);
  const inputs = declareInputs(g, spec, [...groups, ...optimizerSlots]);
  const { state, counter, dataset, batchIndices, rates } = inputs;
  const labels = g.op('Gather', [inputs.labels, batchIndices]);
  const weights = inputs.weights && g.op('Gather', [inputs.weights, batchIndices]);
  const schedule = scheduleSteps(g, spec.optimizer, counter, rates);
  let targets: Value | undefined;
  // The first emitted step determines the width of the predictions; the targets are still emitted before the loop.
  const targetsFor = (predictions: Value) => {
    targets ??= spec.loss.targets(g, labels, predictions);
    return targets;
  };
  const result = execute(g, { state, rates }, (scope, iteration, before) => {
    const rows = at(scope, batchIndices, iteration);
    return trainStep(scope, spec, {
      groups,
      state: before,
      inputs: new Map([...dataset].map(([input, value]) => [input, scope.op('Gather', [value, rows])])),
      targets: predictions => ({
        targets: at(scope, targetsFor(predictions), iteration),
        weights: weights && at(scope, weights, iteration),
      }),
      schedule,
      iteration,
      random: createGraphRandom({ root: g, counter, rates, iteration, seed: spec.seed ?? 0 }),
    });
  });
  writeState(g, inputs, result.state);
  const metrics = spec.loss.metrics(g, { predictions: result.predictions, targets: targets!, labels, weights });
  writeMetrics(g, metrics, result.gradientNorm);
  return { model: toModel(g.graph()), groups, optimizerSlots };
}

interface Inputs {
  readonly state: readonly Value[];
  readonly counter: Value;
  readonly dataset: ReadonlyMap<string, Value>;
  readonly labels: Value;
  readonly weights: Value | undefined;
  readonly batchIndices: Value;
  readonly rates: Value;
}

function declareInputs(g: GraphBuilder, spec: TrainGraphSpec, carried: readonly ParameterGroup[]): Inputs {
  return {
    state: carried.map(({ name, shape }) => g.input(name, { dtype: 'FP32', shape })),
    counter: g.input(TRAIN_INPUTS.step, { dtype: 'INT64', shape: [] }),
    dataset: new Map(Object.entries(spec.inputs).map(([input, type]) => [input, g.input(rowsName(input), type)])),
    labels: g.input(TRAIN_INPUTS.labels, spec.labels),
    weights: spec.weights && g.input(TRAIN_INPUTS.weights, spec.weights),
    batchIndices: g.input(TRAIN_INPUTS.batchIndices, { dtype: 'INT32', shape: ['steps', 'batch'] }),
    rates: g.input(TRAIN_INPUTS.learningRate, { dtype: 'FP32', shape: ['steps'] }),
  };
}

function writeState(g: GraphBuilder, { state, counter, rates }: Inputs, next: readonly Value[]): void {
  next.forEach((value, index) => {
    g.output(value, nextName(state[index]!.name));
  });
  g.output(add(g, counter, g.op('Size', [rates])), nextName(TRAIN_INPUTS.step));
}

function writeMetrics(g: GraphBuilder, { loss, correct }: LossMetrics, gradientNorm: Value | undefined): void {
  g.output(loss, METRICS.loss);
  if (correct) g.output(correct, METRICS.correct);
  if (gradientNorm) g.output(gradientNorm, METRICS.gradientNorm);
}
