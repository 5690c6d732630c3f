// One optimization step: forward, gradients, optimizer. Everything that does not depend on the parameters is computed
// for all steps of a run beforehand (`scheduleSteps`), so that the loop has as few nodes as possible.

import type { GraphBuilder, Value } from '@athanor/onnx';
import { int64 } from '@athanor/tensor';
import { add, at, cast, mul, sub } from '../emit.js';
import type { Update } from '../optimizers/transform.js';
import { accumulateGradients, type StepRows } from './accumulation.js';
import { averaged, averageShares } from './averaging.js';
import { batchGradients, penaltiesOf } from './batch-gradients.js';
import type { GraphRandom } from './graph-random.js';
import type { Named } from './network.js';
import { type PackedGroup, packValues, unpackValues } from './packing.js';
import type { StepSpec } from './step-spec.js';

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
  readonly rows: StepRows;
  readonly schedule: Schedule;
  /** Scalar: index into the schedule. */
  readonly iteration: Value;
  /** For a batch of the step, by its index if there are several. */
  randomOf(g: GraphBuilder, batch?: Value): GraphRandom;
}

export interface StepOutputs {
  readonly state: readonly Value[];
  /** What is stacked over the steps of a run. */
  readonly measured: Measured;
}

export interface Measured {
  /** [B, …], from which the loss of all steps is computed after the loop. */
  readonly predictions?: Value;
  /** Scalars of the step, where the predictions of its rows never exist together. */
  readonly loss?: Value;
  readonly correct?: Value;
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
  const { groups, state } = inputs;
  const { averageShares: shares, learningRates } = inputs.schedule;
  const packed = state.slice(0, groups.length);
  const startOfBuffers = state.length - (spec.network.buffers ?? []).length;
  const endOfSlots = startOfBuffers - (shares ? groups.length : 0);
  const slots = state.slice(groups.length, endOfSlots);
  const averages = state.slice(endOfSlots, startOfBuffers);
  const trained = unpackValues(g, groups, packed);
  const differentiated = differentiate(g, spec, { ...inputs, trained, buffers: state.slice(startOfBuffers) });
  const updates = differentiated.gradients.map((value): Update => ({ value }));
  const { gradientNorm, ...optimized } = optimize(g, spec.optimizer, { ...inputs, slots, packed, updates });
  const next = descend(g, packed, optimized.updates, at(g, learningRates, inputs.iteration));
  const mixed = shares ? averaged(g, averages, next, at(g, shares, inputs.iteration)) : [];
  return {
    state: [...next, ...optimized.state, ...mixed, ...differentiated.buffers],
    measured: { ...differentiated.measured, ...(gradientNorm && { gradientNorm }) },
  };
}

interface Differentiation extends StepInputs {
  readonly trained: Named<Value>;
  /** Before the step. */
  readonly buffers: readonly Value[];
}

interface Differentiated {
  /** One per group. */
  readonly gradients: readonly Value[];
  readonly buffers: readonly Value[];
  readonly measured: Measured;
}

function differentiate(g: GraphBuilder, spec: StepSpec, step: Differentiation): Differentiated {
  const { accumulation } = spec;
  const { rows, groups, trained } = step;
  if (accumulation) {
    const { metrics, ...rest } = accumulateGradients(g, { ...spec, accumulation }, step);
    return { ...rest, measured: metrics };
  }
  const { predictions, derivatives, buffers } = batchGradients(g, spec, {
    ...step,
    inputs: rows.inputs,
    targets: made => ({ targets: rows.targets(made), weights: rows.weights() }),
    random: step.randomOf(g),
  });
  const penaltyOf = penaltiesOf(spec.network);
  const named = [...derivatives].map(([name, derivative]): [string, Value] => {
    const penalty = penaltyOf(g, name, trained.get(name)!);
    return [name, penalty ? add(g, derivative, penalty) : derivative];
  });
  return { gradients: packValues(g, groups, new Map(named)), buffers, measured: { predictions } };
}

interface Optimization extends StepInputs {
  readonly slots: readonly Value[];
  readonly packed: readonly Value[];
  readonly updates: readonly Update[];
}

function optimize(g: GraphBuilder, optimizer: StepSpec['optimizer'], inputs: Optimization) {
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
