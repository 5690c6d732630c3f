// Optimizers are chains of gradient transforms, each a pure init/update pair (the design of optax,
// https://optax.readthedocs.io). What a transform remembers between steps are named tensors that the Loop carries.

import type { GraphBuilder, Value } from '@athanor/onnx';
import { mul } from '../emit.js';

/** A tensor of parameters that is updated as one. */
export interface ParameterGroup {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A carried FP32 tensor. It starts at zero. */
export interface StateSlot {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A gradient, or what became of it. Scalar factors are kept aside, so that several cost one pass over the tensor. */
export interface Update {
  readonly value: Value;
  /** Scalar. */
  readonly factor?: Value;
}

export interface TransformStep {
  readonly g: GraphBuilder;
  /** Parameters before this step, one per group. */
  readonly parameters: readonly Value[];
  readonly updates: readonly Update[];
  /** This transform's slots, in the order of `init`. */
  readonly state: readonly Value[];
  /** Scalar FP64: 1 in the first step. */
  readonly step: Value;
}

export interface TransformResult {
  readonly updates: readonly Update[];
  readonly state: readonly Value[];
  /** Scalar, when the transform computes it anyway. */
  readonly gradientNorm?: Value;
}

export interface Transform {
  init(groups: readonly ParameterGroup[]): readonly StateSlot[];
  update(step: TransformStep): TransformResult;
}

/** In order: the first transform sees the gradients, the last one's updates are multiplied by -learningRate and added. */
export type Optimizer = readonly Transform[];

/** The update as one tensor. */
export function materialize(g: GraphBuilder, { value, factor }: Update): Value {
  return factor ? mul(g, value, factor) : value;
}

export function withFactor(g: GraphBuilder, update: Update, factor: Value): Update {
  return { value: update.value, factor: update.factor ? mul(g, update.factor, factor) : factor };
}

export function slotsLike(prefix: string, groups: readonly ParameterGroup[]): StateSlot[] {
  return groups.map(({ name, shape }) => ({ name: `${prefix}.${name}`, shape }));
}
