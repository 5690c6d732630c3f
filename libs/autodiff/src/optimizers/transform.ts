// Optimizers are chains of gradient transforms, each a pure init/update pair (the design of optax,
// https://optax.readthedocs.io). A transform's state is a set of named tensors that the Loop carries.

import type { GraphBuilder, Value } from '@athanor/onnx';
import { mul } from '../emit.js';
import type { Parameter } from '../training/network.js';

/** A tensor of parameters that is updated as a whole. */
export interface ParameterGroup {
  readonly name: string;
  readonly shape: readonly number[];
  /** The parameter of this name, or those that are concatenated in a vector, in order. */
  readonly members: readonly Parameter[];
}

/** A carried FP32 tensor that belongs to a group of parameters. It starts at zero. */
export interface StateSlot {
  /** `<role>.<group>` */
  readonly name: string;
  readonly role: string;
  readonly group: string;
  readonly shape: readonly number[];
}

/**
 * A gradient, or a transformed one. Scalar factors are kept separate, so that several cost one pass over the tensor.
 */
export interface Update {
  readonly value: Value;
  /** Scalar. */
  readonly factor?: Value;
}

export interface TransformStep {
  readonly g: GraphBuilder;
  readonly groups: readonly ParameterGroup[];
  /** Parameters before this step, one per group. */
  readonly parameters: readonly Value[];
  readonly updates: readonly Update[];
  /** This transform's slots, in the order of `init`. */
  readonly state: readonly Value[];
  /** This step's element of each vector of `schedule`. */
  readonly scheduled: readonly Value[];
}

export interface TransformResult {
  readonly updates: readonly Update[];
  readonly state: readonly Value[];
  /** Scalar, if the transform computes it anyway. */
  readonly gradientNorm?: Value;
}

export interface Transform {
  init(groups: readonly ParameterGroup[]): readonly StateSlot[];
  /** Vectors [K] that depend on the step number only, computed before the loop. `steps` [K] FP64 counts from 1. */
  schedule?(g: GraphBuilder, steps: Value): readonly Value[];
  update(step: TransformStep): TransformResult;
}

/** In order: the first transform receives the gradients; learningRate times the result of the last is subtracted. */
export type Optimizer = readonly Transform[];

/** The update as one tensor. */
export function materialize(g: GraphBuilder, { value, factor }: Update): Value {
  return factor ? mul(g, value, factor) : value;
}

export function slotsLike(role: string, groups: readonly ParameterGroup[]): StateSlot[] {
  return groups.map(({ name, shape }) => ({ name: `${role}.${name}`, role, group: name, shape }));
}
