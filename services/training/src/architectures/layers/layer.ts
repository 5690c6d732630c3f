import type { Value } from '@athanor/onnx';
import type { ModelParameter, ModelStep, ModelWeight } from '../architecture.js';

/** What a layer sees of a step: all but the network's inputs. */
export type LayerStep = Omit<ModelStep, 'inputs'>;

/** A part of a network, with the names of its own parameters and buffers. */
export interface Layer {
  readonly parameters: readonly ModelParameter[];
  readonly buffers?: readonly ModelWeight[];
  apply(step: LayerStep, x: Value): Value;
}

/** One layer after the other. */
export function sequence(layers: readonly Layer[]): Layer {
  return {
    parameters: layers.flatMap(layer => layer.parameters),
    buffers: layers.flatMap(layer => layer.buffers ?? []),
    apply: (step, x) => layers.reduce((value, layer) => layer.apply(step, value), x),
  };
}

/** A layer without parameters. */
export function fixed(apply: Layer['apply']): Layer {
  return { parameters: [], apply };
}
