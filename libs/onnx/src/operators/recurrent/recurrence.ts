// What RNN, GRU and LSTM have in common: directions, lengths of sequences, layouts. A cell says what one step computes.

import { elementCount } from '@athanor/tensor';
import { TypeInferenceError } from '../../errors.js';
import { integers, type NdArray, type RealArray, realArray, reals } from '../../evaluate/nd-array.js';
import type { Dim, ValueType } from '../../model.js';
import { type AttributeValues, flag, float, floats, int, oneOf, strings } from '../attribute-specs.js';
import { describe } from '../dims.js';
import { one, optional } from '../input-specs.js';
import { type Activation, activationsOf } from './activations.js';

export const recurrentAttributes = {
  activation_alpha: floats(),
  activation_beta: floats(),
  activations: strings(),
  clip: float(),
  direction: oneOf('forward', 'reverse', 'bidirectional'),
  hidden_size: int(),
  /** Whether the batch comes first. */
  layout: flag(false),
};

export const recurrentInputs = {
  x: one(),
  w: one(),
  r: one(),
  b: optional(),
  sequence_lens: optional(),
  initial_h: optional(),
};

type RecurrentAttributes = AttributeValues<typeof recurrentAttributes>;

/** The types of all states, and of the last one. */
export function recurrentTypes(
  op: string,
  { x, r }: { readonly x: ValueType; readonly r: ValueType },
  { direction, hidden_size, layout }: RecurrentAttributes,
): { readonly y: ValueType; readonly last: ValueType } {
  if (x.shape.length !== 3 || r.shape.length !== 3)
    throw new TypeInferenceError(`${op} of ${describe(x)} and ${describe(r)}`);
  const directions = direction === 'bidirectional' ? 2 : 1;
  const hidden: Dim = hidden_size ?? r.shape[2]!;
  const [length, batch] = layout ? [x.shape[1]!, x.shape[0]!] : [x.shape[0]!, x.shape[1]!];
  const y = layout ? [batch, length, directions, hidden] : [length, directions, batch, hidden];
  const last = layout ? [batch, directions, hidden] : [directions, batch, hidden];
  return { y: { dtype: x.dtype, shape: y }, last: { dtype: x.dtype, shape: last } };
}

/** The weights of one direction: rows of gates, in the operator's order. */
export interface Weights {
  readonly hidden: number;
  /** A row of W, or of R, times a vector. */
  input(row: number, x: readonly number[]): number;
  recurrent(row: number, h: readonly number[]): number;
  /** Of the first half of B, which is added to inputs, and of the second, which is added to states. */
  inputBias(row: number): number;
  recurrentBias(row: number): number;
  /** Of a further input, for this direction. */
  extra(index: number): number;
}

export interface State {
  readonly h: readonly number[];
  /** Of LSTM. */
  readonly c: readonly number[];
}

export type Cell = (x: readonly number[], before: State, weights: Weights, activations: readonly Activation[]) => State;

export interface Recurrence {
  readonly inputs: {
    readonly x: NdArray;
    readonly w: NdArray;
    readonly r: NdArray;
    readonly b: NdArray | undefined;
    readonly sequence_lens: NdArray | undefined;
    readonly initial_h: NdArray | undefined;
    readonly initial_c?: NdArray | undefined;
    readonly extra?: NdArray | undefined;
  };
  readonly attributes: RecurrentAttributes;
  /** Of one direction. */
  readonly defaultActivations: readonly string[];
  readonly cell: Cell;
}

/** All states, the last h, and the last c. */
export function recur({ inputs, attributes, defaultActivations, cell }: Recurrence): [RealArray, RealArray, RealArray] {
  const { layout, direction, clip } = attributes;
  const { y, last } = recurrentTypes('a recurrence', inputs as never, attributes);
  const zeros = ({ dtype, shape }: ValueType) => realArray(dtype, shape as number[]);
  const results: [RealArray, RealArray, RealArray] = [zeros(y), zeros(last), zeros(last)];
  const directions = direction === 'bidirectional' ? 2 : 1;
  const activations = activationsOf(attributes.activations ?? [...defaultActivations, ...defaultActivations], {
    alpha: attributes.activation_alpha,
    beta: attributes.activation_beta,
  }).map(apply => clipped(apply, clip));
  const [length, batch] = [inputs.x.shape[layout ? 1 : 0]!, inputs.x.shape[layout ? 0 : 1]!];
  const lengths = inputs.sequence_lens && integers(inputs.sequence_lens);
  for (let at = 0; at < directions; at++) {
    const own = activations.slice(at * defaultActivations.length, (at + 1) * defaultActivations.length);
    const weights = weightsOf(inputs, at);
    const step = (x: readonly number[], before: State) => cell(x, before, weights, own);
    const isReverse = direction === 'reverse' || at === 1;
    for (let row = 0; row < batch; row++) {
      const steps = Math.min(lengths?.[row] ?? length, length);
      runSequence({ inputs, results, layout, hidden: weights.hidden, at, row, steps, isReverse }, step);
    }
  }
  return results;
}

interface Sequence {
  readonly inputs: Recurrence['inputs'];
  readonly results: readonly [RealArray, RealArray, RealArray];
  readonly layout: boolean;
  readonly hidden: number;
  /** The direction. */
  readonly at: number;
  /** Of the batch. */
  readonly row: number;
  readonly steps: number;
  readonly isReverse: boolean;
}

function runSequence(sequence: Sequence, step: (x: readonly number[], before: State) => State): void {
  const { inputs, results, layout, hidden, at, row, steps, isReverse } = sequence;
  const stateAt = layout ? [row, at] : [at, row];
  let state: State = { h: vectorAt(inputs.initial_h, stateAt, hidden), c: vectorAt(inputs.initial_c, stateAt, hidden) };
  for (let index = 0; index < steps; index++) {
    const time = isReverse ? steps - 1 - index : index;
    state = step(vectorAt(inputs.x, layout ? [row, time] : [time, row], 0), state);
    write(results[0], layout ? [row, time, at] : [time, at, row], state.h);
  }
  write(results[1], stateAt, state.h);
  write(results[2], stateAt, state.c);
}

function clipped(apply: Activation, clip: number | undefined): Activation {
  return clip === undefined ? apply : x => apply(Math.min(Math.max(x, -clip), clip));
}

function weightsOf({ w, r, b, extra }: Recurrence['inputs'], direction: number): Weights {
  const hidden = r.shape[2]!;
  const rows = r.shape[1]!;
  const bias = b && reals(b);
  const of = (array: NdArray | undefined, index: number) => {
    const size = array ? elementCount(array.shape.slice(1)) : 0;
    return array ? reals(array)[direction * size + index]! : 0;
  };
  const times = (matrix: NdArray, row: number, vector: readonly number[]) =>
    vector.reduce((sum, value, column) => sum + value * of(matrix, row * vector.length + column), 0);
  return {
    hidden,
    input: (row, x) => times(w, row, x),
    recurrent: (row, h) => times(r, row, h),
    inputBias: row => bias?.[direction * 2 * rows + row] ?? 0,
    recurrentBias: row => bias?.[direction * 2 * rows + rows + row] ?? 0,
    extra: index => of(extra, index),
  };
}

/** The vector along the last axis; zeros without an array. */
function vectorAt(array: NdArray | undefined, index: readonly number[], size: number): number[] {
  if (!array) return new Array<number>(size).fill(0);
  const start = startOf(array, index);
  return Array.from(reals(array).subarray(start, start + array.shape.at(-1)!));
}

function write(array: RealArray, index: readonly number[], values: readonly number[]): void {
  array.data.set(values, startOf(array, index));
}

function startOf({ shape }: NdArray, index: readonly number[]): number {
  return index.reduce((flat, at, axis) => flat * shape[axis]! + at, 0) * shape.at(-1)!;
}

/** A row of a gate for each element of the state. */
export function perUnit(hidden: number, compute: (unit: number) => number): number[] {
  return Array.from({ length: hidden }, (_, unit) => compute(unit));
}
