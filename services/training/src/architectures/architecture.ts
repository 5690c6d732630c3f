import type { GraphRandom, Parameter } from '@athanor/autodiff';
import type { ComponentKind, ResolvedComponent } from '@athanor/components';
import type { GraphBuilder, Value } from '@athanor/onnx';

/** How a parameter is initialized. */
export type Initialization =
  | { readonly kind: 'zeros' }
  | { readonly kind: 'ones' }
  /** He et al. 2015: uniform in ±√(6/fanIn), for layers followed by ReLU. */
  | { readonly kind: 'he-uniform'; readonly fanIn: number }
  /** Uniform in ±limit. */
  | { readonly kind: 'uniform'; readonly limit: number };

export interface ModelParameter extends Parameter {
  readonly initialization: Initialization;
}

/** The encoded rows that a network takes. */
export interface NetworkInputs {
  /** Of the training split. */
  readonly rows: number;
  /** Width of the dense features FP32 [n, width]; 0: there are none. */
  readonly width: number;
  /** Index inputs INT64 [n], for embeddings. */
  readonly indices: readonly { readonly name: string; readonly cardinality: number }[];
}

/** The values of NetworkInputs in a graph. */
export interface NetworkValues {
  readonly dense: Value | undefined;
  readonly indices: ReadonlyMap<string, Value>;
}

/** A network as a graph builder. */
export interface ModelDefinition {
  readonly parameters: readonly ModelParameter[];
  /** Emits the raw outputs FP32 [n, outputWidth]. `random` is given in training only. */
  forward(g: GraphBuilder, inputs: NetworkValues, parameters: ReadonlyMap<string, Value>, random?: GraphRandom): Value;
}

/** A kind of network that is trained by gradient descent. */
export interface Architecture<P = unknown> extends ComponentKind<P> {
  /** Whether categories may come as indices, which it embeds. */
  readonly embeds: boolean;
  /** Whether the loss is convex in the parameters: then it is learned with larger steps. */
  readonly isConvex?: boolean;
  build(parameters: P, inputs: NetworkInputs, outputWidth: number): ModelDefinition;
  /** Of a choice of networks: what it stands for; it is not built itself. */
  candidates?(parameters: P): readonly ResolvedComponent[];
}

/** Encoded inputs that an architecture cannot take. */
export class UnsupportedInputs extends Error {
  override readonly name = 'UnsupportedInputs';
}
