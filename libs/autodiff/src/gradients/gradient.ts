// One file says how one operator is differentiated: its formula in portable operators, lowerings that are faster with an
// execution provider, and the cases by which both are checked. To add one: a file in the folder of its family, and its
// line in gradients.ts.

import type {
  AttributeInputs,
  AttributesOf,
  AttributeValues,
  Dims,
  GraphBuilder,
  InputsOf,
  OperatorName,
  PerInput,
  Value,
} from '@athanor/onnx';
import type { Shape, Tensor } from '@athanor/tensor';

/** One node on the tape, with the gradients of its outputs. */
export interface GradientCall<K extends OperatorName = OperatorName> {
  /** The graph to which the rule adds its nodes. */
  readonly g: GraphBuilder;
  readonly op: K;
  readonly inputs: PerInput<InputsOf<K>, Value>;
  readonly outputs: readonly Value[];
  readonly attributes: AttributeValues<AttributesOf<K>>;
  /** d loss / d output; undefined if the loss does not depend on that output. */
  readonly outputGradients: readonly (Value | undefined)[];
  /** d loss / d the first output; zeros if the loss depends on others only. */
  readonly dy: Value;
  /** Whether the gradient of an input is needed; others can be omitted. */
  readonly wanted: PerInput<InputsOf<K>, boolean>;
  /** What is known of the contents of inputs: integers, booleans, and a few constant floats. */
  readonly contents: PerInput<InputsOf<K>, Dims | undefined>;
}

/** d loss / d input by the input's name; absent for one that has no gradient (an index, a shape). */
export type GradientsOf<K extends OperatorName> = {
  readonly [N in keyof InputsOf<K>]?:
    | (PerInput<InputsOf<K>, Value>[N] extends readonly Value[] ? readonly (Value | undefined)[] : Value)
    | undefined;
};

export type Backward<K extends OperatorName> = (call: GradientCall<K>) => GradientsOf<K>;

/** Execution providers for which a rule may have a lowering of its own. */
export type Provider = 'cpu' | 'cuda';

export interface Gradient<K extends OperatorName = OperatorName> {
  readonly op: K;
  /** In operators that every execution provider has. Throws GradientError for types or attributes without a formula. */
  backward(call: GradientCall<K>): GradientsOf<K>;
  /** Measured to be faster; tested to be equal. */
  readonly lowerings?: { readonly [P in Provider]?: Backward<K> };
  readonly cases: readonly GradientCase<K>[];
}

/** The result is an integer or a boolean, or constant between jumps: nothing flows back through it, as in PyTorch. */
export interface NoGradient {
  readonly isConstant: true;
}

/** The operator has a gradient and no rule yet: differentiating it is an error, never a silent zero. */
export interface UnsupportedGradient {
  readonly isUnsupported: true;
}

export interface GradientCase<K extends OperatorName = OperatorName> {
  /**
   * In the order of the node's inputs: the shape of one that is differentiated, or a constant, where FP64 stands for any
   * float.
   */
  readonly inputs: readonly (Shape | Tensor | undefined)[];
  readonly attributes?: AttributeInputs<AttributesOf<K>>;
  /** Number of outputs, 1 by default. */
  readonly outputs?: number;
  /** Range of the inputs that are differentiated; [-2, 2] by default. */
  readonly range?: readonly [number, number];
  /** Whether the first axis of these inputs has a symbolic size. */
  readonly symbolic?: boolean;
}

/** Gives a rule the types of its operator. */
export function defineGradient<K extends OperatorName>(op: K, rule: Omit<Gradient<K>, 'op'>): Gradient<K> {
  return { op, ...rule };
}
