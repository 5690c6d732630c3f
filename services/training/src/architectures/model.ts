import type { Parameter } from '@athanor/autodiff';
import type { GraphBuilder, Value } from '@athanor/onnx';

/** How a parameter is initialized. */
export type Initialization =
  | { readonly kind: 'zeros' }
  /** He et al. 2015: uniform in ±√(6/fanIn), for layers followed by ReLU. */
  | { readonly kind: 'he-uniform'; readonly fanIn: number };

export interface ModelParameter extends Parameter {
  readonly initialization: Initialization;
}

/** A network as a graph builder. */
export interface ModelDefinition {
  readonly parameters: readonly ModelParameter[];
  /** Emits logits [N, C] for features FP32 [N, d]. */
  forward(g: GraphBuilder, features: Value, parameters: ReadonlyMap<string, Value>): Value;
}
