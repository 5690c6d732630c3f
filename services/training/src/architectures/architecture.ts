import type { Buffer, ForwardStep, Parameter } from '@athanor/autodiff';
import type { ComponentKind, RawComponent, ResolvedComponent } from '@athanor/components';
import type { Model, Value } from '@athanor/onnx';
import type { Tensor } from '@athanor/tensor';
import type { ImageShape } from '@athanor/transforms';

/** How a parameter is initialized. */
export type Initialization =
  | { readonly kind: 'zeros' }
  | { readonly kind: 'ones' }
  /** He et al. 2015: uniform in ±√(6/fanIn), for layers followed by ReLU. */
  | { readonly kind: 'he-uniform'; readonly fanIn: number }
  /** Uniform in ±limit. */
  | { readonly kind: 'uniform'; readonly limit: number }
  /** Those of another model. */
  | { readonly kind: 'given'; readonly values: Tensor<'FP32'> };

/** A tensor of a model: a parameter, or a buffer, which training replaces without a gradient (running statistics). */
export interface ModelWeight extends Buffer {
  readonly initialization: Initialization;
}

export interface ModelParameter extends Parameter, ModelWeight {}

/** The encoded rows that a network takes. */
export interface NetworkInputs {
  /** Of the training split. */
  readonly rows: number;
  /** Width of the dense features FP32 [n, width]; 0: there are none. */
  readonly width: number;
  /** Index inputs INT64 [n], for embeddings. */
  readonly indices: readonly { readonly name: string; readonly cardinality: number }[];
  /** Images FP32 [n, channels, height, width], for convolutions. */
  readonly images: readonly (ImageShape & { readonly name: string })[];
  /** The imported model that training starts from. */
  readonly base?: Model;
}

/** The values of NetworkInputs in a graph. */
export interface NetworkValues {
  readonly dense: Value | undefined;
  readonly indices: ReadonlyMap<string, Value>;
  readonly images: ReadonlyMap<string, Value>;
}

export interface ModelStep extends Omit<ForwardStep, 'inputs'> {
  readonly inputs: NetworkValues;
}

/** A network as a builder of graphs. */
export interface ModelDefinition {
  readonly parameters: readonly ModelParameter[];
  readonly buffers?: readonly ModelWeight[];
  /** Emits the raw outputs FP32 [n, outputWidth]. */
  forward(step: ModelStep): Value;
  /** The network that is served, where it differs from the trained one: additions to weights become part of them. */
  merge?(weights: ReadonlyMap<string, Tensor<'FP32'>>): {
    readonly model: ModelDefinition;
    readonly weights: ReadonlyMap<string, Tensor<'FP32'>>;
  };
}

/** A kind of network that is trained by gradient descent. */
export interface Architecture<P = unknown> extends ComponentKind<P> {
  /** Whether categories may come as indices, which it embeds. */
  readonly embeds: boolean;
  /** Whether images keep their rows and columns; else their pixels are dense features. */
  readonly takesImages?: boolean;
  /** Whether training starts from an imported model. */
  readonly needsBase?: boolean;
  /** Whether the loss is convex in the parameters: then it is learned with larger steps. */
  readonly isConvex?: boolean;
  /** Of the learning rate, unless a request names one; default: constant. */
  readonly schedule?: RawComponent;
  build(parameters: P, inputs: NetworkInputs, outputWidth: number): ModelDefinition;
  /** Of a choice of networks: what it stands for; it is not built itself. */
  candidates?(parameters: P): readonly ResolvedComponent[];
}

/** Encoded inputs that an architecture cannot take. */
export class UnsupportedInputs extends Error {
  override readonly name = 'UnsupportedInputs';
}
