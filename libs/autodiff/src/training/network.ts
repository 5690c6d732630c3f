import type { GraphBuilder, Value } from '@athanor/onnx';
import type { GraphRandom } from './graph-random.js';

export type Named<T> = ReadonlyMap<string, T>;

export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** Penalty λ: the loss that is minimized has λ/2 Σp² more than the one that is reported; default: 0. */
  readonly l2?: number;
  /** false: it keeps its value; default: true. */
  readonly isTrainable?: boolean;
  /** false for a bias, or a scale or shift of a normalization: decay of weights alone leaves it out; default: true. */
  readonly isDecayed?: boolean;
}

/** An FP32 tensor that a training step replaces without a gradient, such as a running mean. */
export interface Buffer {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface ForwardStep {
  readonly g: GraphBuilder;
  readonly inputs: Named<Value>;
  readonly parameters: Named<Value>;
  readonly buffers: Named<Value>;
  /** In training: batch statistics are used and dropout is active. undefined when the network is served or evaluated. */
  readonly random?: GraphRandom | undefined;
  /** In training: the value of a buffer after this step. */
  readonly update: (buffer: string, value: Value) => void;
}

/** A network as a builder of graphs: the same function builds the training step and the served model. */
export interface Network {
  readonly parameters: readonly Parameter[];
  readonly buffers?: readonly Buffer[];
  /** Emits the predictions for a batch of rows. */
  forward(step: ForwardStep): Value;
}
