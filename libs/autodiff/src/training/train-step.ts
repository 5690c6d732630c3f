// One optimization step: forward, gradients, optimizer. Everything that does not depend on the parameters is computed
// for all steps of a run beforehand (`prepareSteps`), so that the loop has as few nodes as possible.

import type { GraphBuilder, Value } from '@athanor/onnx';
import { int64 } from '@athanor/tensor';
import { add, at, cast, mul, scale, sub } from '../emit.js';
import type { Provider } from '../gradients/gradient.js';
import { type LossTargets, lossGradient } from '../losses/batch-loss.js';
import type { Loss } from '../losses/loss.js';
import type { Optimizer, Update } from '../optimizers/transform.js';
import { gradients } from '../reverse-mode.js';
import { averaged, averageShares } from './averaging.js';
import type { GraphRandom } from './graph-random.js';
import type { Named, Network } from './network.js';
import { type PackedGroup, packValues, unpackValues } from './packing.js';

export interface StepSpec {
  readonly network: Network;
  /** Of the random numbers in training: an integer from 0 to 2^53 - 1; default: 0. */
  readonly seed?: number;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  /** Of the parameters' moving average, which is kept besides them; 0: there is none (default). */
  readonly averageDecay?: number;
  /** Where the graph will run: gradients may have a faster form there. */
  readonly provider?: Provider;
}

/** Vectors [K], one element per step. */
export interface Schedule {
  readonly learningRates: Value;
  /** One list per transform of the optimizer. */
  readonly transforms: readonly (readonly Value[])[];
  /** The share of the parameters in their average. */
  readonly averageShares?: Value;
}

export interface StepInputs {
  readonly groups: readonly PackedGroup[];
  /** One value per group, then the optimizer's slots, the averages if there are some, and the buffers. */
  readonly state: readonly Value[];
  /** Parameters that are not trained. */
  readonly frozen: Named<Value>;
  readonly inputs: Named<Value>;
  /** Created by the loss, once the width of the predictions is known. */
  targets(predictions: Value): LossTargets;
  readonly schedule: Schedule;
  /** Scalar: index into the schedule. */
  readonly iteration: Value;
  readonly random: GraphRandom;
}

export interface StepOutputs {
  readonly state: readonly Value[];
  readonly predictions: Value;
  readonly gradientNorm?: Value;
}

/** `step` is the number of steps completed before this run, `learningRates` [K]. */
export function scheduleSteps(
  g: GraphBuilder,
  { optimizer, averageDecay = 0 }: Pick<StepSpec, 'optimizer' | 'averageDecay'>,
  step: Value,
  learningRates: Value,
): Schedule {
  const one = g.constant(int64([], [1]));
  const first = add(g, step, one);
  const count = g.op('Size', [learningRates]);
  const steps = g.opaque('Range', [first, add(g, first, count), one], [{ dtype: 'INT64', shape: learningRates.shape }]);
  const counters = cast(g, steps[0]!, 'FP64');
  const transforms = optimizer.map(transform => transform.schedule?.(g, counters) ?? []);
  const shares = averageDecay > 0 ? { averageShares: averageShares(g, counters, averageDecay) } : {};
  return { learningRates, transforms, ...shares };
}

export function trainStep(g: GraphBuilder, spec: StepSpec, inputs: StepInputs): StepOutputs {
  const { groups, state, frozen } = inputs;
  const { parameters: declared, buffers = [], forward } = spec.network;
  const packed = state.slice(0, groups.length);
  const { averageShares: shares, learningRates } = inputs.schedule;
  const endOfSlots = state.length - buffers.length - (shares ? groups.length : 0);
  const slots = state.slice(groups.length, endOfSlots);
  const averages = state.slice(endOfSlots, state.length - buffers.length);
  const trained = unpackValues(g, groups, packed);
  const before = buffers.map(({ name }, index): [string, Value] => [
    name,
    state[state.length - buffers.length + index]!,
  ]);
  const after = new Map(before);
  const predictions = forward({
    g,
    inputs: inputs.inputs,
    parameters: new Map([...frozen, ...trained]),
    buffers: new Map(before),
    random: inputs.random,
    update: (name, value) => after.set(name, value),
  });
  const gradient = lossGradient(g, spec.loss, predictions, inputs.targets(predictions));
  const derivatives = gradients(g, [{ value: predictions, gradient }], [...trained.values()], spec);
  const penalties = new Map(declared.map(({ name, l2 = 0 }) => [name, l2]));
  const named = new Map(
    [...trained].map(([name, parameter], index): [string, Value] => {
      const rate = penalties.get(name)!;
      const derivative = derivatives[index]!;
      return [name, rate === 0 ? derivative : add(g, derivative, scale(g, parameter, rate))];
    }),
  );
  const updates = packValues(g, groups, named).map((value): Update => ({ value }));
  const optimized = optimize(g, spec.optimizer, { ...inputs, slots, packed, updates });
  const next = descend(g, packed, optimized.updates, at(g, learningRates, inputs.iteration));
  const mixed = shares ? averaged(g, averages, next, at(g, shares, inputs.iteration)) : [];
  return { ...optimized, predictions, state: [...next, ...optimized.state, ...mixed, ...after.values()] };
}

interface Optimization extends StepInputs {
  readonly slots: readonly Value[];
  readonly packed: readonly Value[];
  readonly updates: readonly Update[];
}

function optimize(g: GraphBuilder, optimizer: Optimizer, inputs: Optimization) {
  const { groups, packed, schedule, iteration } = inputs;
  const slots = [...inputs.slots];
  const state: Value[] = [];
  let updates = inputs.updates;
  let gradientNorm: Value | undefined;
  optimizer.forEach((transform, index) => {
    const own = slots.splice(0, transform.init(groups).length);
    const scheduled = schedule.transforms[index]!.map(vector => at(g, vector, iteration));
    const result = transform.update({ g, groups, parameters: packed, updates, state: own, scheduled });
    updates = result.updates;
    state.push(...result.state);
    gradientNorm = result.gradientNorm ?? gradientNorm;
  });
  return { updates, state, ...(gradientNorm ? { gradientNorm } : {}) };
}

// p ← p - (learningRate · factor) u: the scalars are multiplied first, once for all groups with the same factor.
function descend(g: GraphBuilder, parameters: readonly Value[], updates: readonly Update[], rate: Value): Value[] {
  const rates = new Map<string, Value>();
  return parameters.map((parameter, index) => {
    const { value, factor } = updates[index]!;
    const key = factor?.name ?? '';
    const scaled = rates.get(key) ?? (factor ? mul(g, factor, rate) : rate);
    rates.set(key, scaled);
    return sub(g, parameter, mul(g, value, scaled));
  });
}
