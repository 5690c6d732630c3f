import type { Attributes, GraphBuilder, Value } from '@athanor/onnx';
import type { DifferentiableOp, DifferentiableOps } from './operators.js';

/** One node on the tape, with the gradients of its outputs. */
export interface Call<K extends DifferentiableOp = DifferentiableOp> {
  /** The graph to which the rule adds its nodes. */
  readonly g: GraphBuilder;
  readonly op: K;
  readonly inputs: DifferentiableOps[K];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
  /** d loss / d output; undefined if the loss does not depend on that output. */
  readonly outputGradients: readonly (Value | undefined)[];
  /** Whether the gradient of an input is needed; others can be omitted. */
  readonly wanted: readonly boolean[];
  /** The values of a constant integer input. */
  constantInts(value: Value | undefined): readonly number[] | undefined;
}

/** d loss / d input for each input, in order; undefined for one that has no gradient (an index, a shape). */
export type GradientRule<K extends DifferentiableOp> = (call: Call<K>) => readonly (Value | undefined)[];

/** The gradient of the only output. It exists, since other nodes are not visited. */
export function gradientOf(call: { readonly outputGradients: readonly (Value | undefined)[] }): Value {
  return call.outputGradients[0]!;
}
