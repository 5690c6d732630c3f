// The training loop as one ONNX graph: `Loop` over mini-batches, so that one run() of the runtime trains K steps.
//
//   inputs   the state (trained parameters, optimizer slots, buffers, step), parameters that are not trained,
//            rows/<input> [K,B,…], labels [K,B,…], weights [K,B] if rows have them, learning_rate [K]
//   outputs  next/<state>, loss [K], and correct [K], gradient_norm [K] where they exist
//
// K and B are fed, not baked in. B are the rows of a step, which may be split into batches (accumulation.ts). Only the rows of
// these K steps are fed: the data set may be larger than memory.

import { GraphBuilder, loop, type Model, toModel, type Value, type ValueType } from '@athanor/onnx';
import { int64 } from '@athanor/tensor';
import { add, at, mul } from '../emit.js';
import { GradientError } from '../errors.js';
import { type LossMetrics, lossMetrics, rowWeights } from '../losses/batch-loss.js';
import type { StateSlot } from '../optimizers/transform.js';
import { averageSlots } from './averaging.js';
import { createGraphRandom, type RandomPlace } from './graph-random.js';
import type { Buffer, Named, Parameter } from './network.js';
import { type PackedGroup, packParameters } from './packing.js';
import type { StepSpec } from './step-spec.js';
import { type StepInputs, type StepOutputs, scheduleSteps, trainStep } from './train-step.js';

export interface TrainGraphSpec extends StepSpec {
  /** Types of one row, by input of the network. */
  readonly inputs: Readonly<Record<string, ValueType>>;
  /** Of one row. */
  readonly labels: ValueType;
  /** Whether each row has a weight in the loss, FP32. */
  readonly isWeighted?: boolean;
  /** See packing.ts. */
  readonly packBelow?: number;
}

export interface TrainGraph {
  readonly model: Model;
  readonly groups: readonly PackedGroup[];
  /** FP32 slots that start at zero. */
  readonly optimizerSlots: readonly StateSlot[];
  readonly buffers: readonly Buffer[];
  /** Inputs of the graph by their own names: they are fed with every run. */
  readonly frozen: readonly Parameter[];
}

export const TRAIN_INPUTS = {
  step: 'step',
  labels: 'labels',
  weights: 'weights',
  learningRate: 'learning_rate',
} as const;

export const METRICS = { loss: 'loss', correct: 'correct', gradientNorm: 'gradient_norm' } as const;

const DEFAULT_PACK_BELOW = 16_384;

/** Name of the graph's input with the rows of an input of the network, [K,B,…]. */
export const rowsName = (input: string): string => `rows/${input}`;

/** Name of a state tensor after the run. */
export const nextName = (name: string): string => `next/${name}`;

/** Trains K steps per run. */
export function buildTrainGraph(spec: TrainGraphSpec): TrainGraph {
  const { g, ...rest } = assemble(spec, 'train', (g, { state, rates }, step) => {
    const carry = { tripCount: g.op('Size', [rates]), carried: state, name: 'train' };
    let names: string[] = [];
    const { carried, scanned } = loop(g, carry, (body, iteration, before) => {
      const { state: after, measured } = step(body, iteration, before);
      names = Object.keys(measured);
      return { carried: after, scanned: Object.values(measured) };
    });
    return { state: carried, measured: Object.fromEntries(names.map((name, index) => [name, scanned[index]!])) };
  });
  return { ...rest, model: toModel(g.graph()) };
}

/** The same step without the loop, K = 1: a baseline for measurements, and easier to inspect. */
export function buildStepGraph(spec: TrainGraphSpec): TrainGraph {
  const { g, ...rest } = buildStep(spec, 'step');
  return { ...rest, model: toModel(g.graph()) };
}

/** The same, as a graph to which more can be added. */
export function buildStep(spec: TrainGraphSpec, name: string): Assembled {
  return assemble(spec, name, (g, { state }, step) => {
    const { measured, ...rest } = step(g, g.constant(int64([], [0])), state);
    const stacked = Object.entries(measured).map(([name, value]) => [name, g.op('Unsqueeze', [value, g.axes([0])])]);
    return { ...rest, measured: Object.fromEntries(stacked) };
  });
}

type Assembled = Omit<TrainGraph, 'model'> & { readonly g: GraphBuilder };
type Step = (scope: GraphBuilder, iteration: Value, state: readonly Value[]) => StepOutputs;
/** Stacks what is measured over K steps: predictions are [K, B, …], the rest is [K]. */
type Execution = (g: GraphBuilder, inputs: { state: readonly Value[]; rates: Value }, step: Step) => StepOutputs;

function assemble(spec: TrainGraphSpec, name: string, execute: Execution): Assembled {
  const { parameters, buffers = [] } = spec.network;
  const frozen = parameters.filter(({ isTrainable }) => isTrainable === false);
  const trained = parameters.filter(parameter => !frozen.includes(parameter));
  if (trained.length === 0) throw new GradientError('the network has no parameter that is trained');
  const groups = packParameters(trained, spec.packBelow ?? DEFAULT_PACK_BELOW);
  const optimizerSlots = [
    ...spec.optimizer.flatMap(transform => transform.init(groups)),
    ...((spec.averageDecay ?? 0) > 0 ? averageSlots(groups) : []),
  ];
  const g = new GraphBuilder(name);
  const inputs = declareInputs(g, spec, { carried: [...groups, ...optimizerSlots, ...buffers], frozen });
  const { state, counter, rows, labels, rates } = inputs;
  const weights = rowWeights(g, spec.loss, labels, inputs.weights);
  const schedule = scheduleSteps(g, spec, counter, rates);
  let targets: Value | undefined;
  // The first emitted step determines the width of the predictions; the targets are still emitted before the loop.
  const targetsFor = (predictions: Value) => {
    targets ??= spec.loss.targets?.(g, labels, predictions) ?? labels;
    return targets;
  };
  const result = execute(g, { state, rates }, (scope, iteration, before) =>
    trainStep(scope, spec, {
      groups,
      state: before,
      frozen: inputs.frozen,
      rows: {
        inputs: new Map([...rows].map(([input, value]) => [input, at(scope, value, iteration)])),
        labels: () => at(scope, labels, iteration),
        targets: predictions => at(scope, targetsFor(predictions), iteration),
        weights: () => weights && at(scope, weights, iteration),
      },
      schedule,
      iteration,
      randomOf: randomsOf({ root: g, counter, rates, iteration, seed: spec.seed ?? 0 }, spec),
    }),
  );
  writeState(g, inputs, result.state);
  const { predictions, loss, correct, gradientNorm } = result.measured;
  const metrics = predictions
    ? lossMetrics(g, spec.loss, { predictions, targets: targets!, labels, weights })
    : { loss: loss!, ...(correct && { correct }) };
  writeMetrics(g, metrics, gradientNorm);
  return { g, groups, optimizerSlots, buffers, frozen };
}

/** The random numbers of each batch of a step. */
function randomsOf(place: RandomPlace, { accumulation }: StepSpec): StepInputs['randomOf'] {
  const { iteration, root } = place;
  const batchesPerStep = accumulation?.batches ?? 1;
  return (g, batch) => {
    if (batch === undefined) return createGraphRandom(place);
    const first = mul(g, iteration, root.constant(int64([], [batchesPerStep])));
    return createGraphRandom({ ...place, batchesPerStep, iteration: add(g, first, batch) });
  };
}

interface Inputs {
  readonly state: readonly Value[];
  readonly frozen: Named<Value>;
  readonly counter: Value;
  readonly rows: Named<Value>;
  readonly labels: Value;
  readonly weights: Value | undefined;
  readonly rates: Value;
}

function declareInputs(
  g: GraphBuilder,
  spec: TrainGraphSpec,
  { carried, frozen }: { readonly carried: readonly Buffer[]; readonly frozen: readonly Parameter[] },
): Inputs {
  const parameter = ({ name, shape }: Buffer) => g.input(name, { dtype: 'FP32', shape });
  const perStep = (name: string, { dtype, shape }: ValueType) =>
    g.input(name, { dtype, shape: ['steps', 'batch', ...shape] });
  return {
    state: carried.map(parameter),
    frozen: new Map(frozen.map(each => [each.name, parameter(each)])),
    counter: g.input(TRAIN_INPUTS.step, { dtype: 'INT64', shape: [] }),
    rows: new Map(Object.entries(spec.inputs).map(([input, type]) => [input, perStep(rowsName(input), type)])),
    labels: perStep(TRAIN_INPUTS.labels, spec.labels),
    weights: spec.isWeighted ? perStep(TRAIN_INPUTS.weights, { dtype: 'FP32', shape: [] }) : undefined,
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
