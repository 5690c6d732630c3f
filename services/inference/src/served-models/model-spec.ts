import type { Graph, ValueInfo } from '@athanor/onnx';
import type { DType } from '@athanor/tensor';

/** One input or output, as in requests. */
export interface TensorSpec {
  readonly name: string;
  readonly dtype: DType;
  /** Without the batch dimension; -1 for a variable size. */
  readonly dims: readonly number[];
}

/** A model's inputs and outputs, read from its file. */
export interface ModelSpec {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** 0: the model has no batch dimension, and its requests run one by one. */
  readonly maxBatchSize: number;
  /** Class names in the order of an output's last dimension; empty if there are none. */
  readonly classes: readonly string[];
}

export interface SpecOptions {
  readonly maxBatchSize: number;
  readonly classes: readonly string[];
}

/** The graph has passed the model guard, so its inputs and outputs have types and shapes. */
export function readModelSpec(graph: Graph, options: SpecOptions): ModelSpec {
  // Before IR 4 initializers are inputs as well; they are constants, not part of a request.
  const inputs = graph.inputs.filter(({ name }) => !graph.initializers.has(name));
  const isBatched = sharesBatchDimension([...inputs, ...graph.outputs]);
  return {
    inputs: inputs.map(info => toTensorSpec(info, isBatched)),
    outputs: graph.outputs.map(info => toTensorSpec(info, isBatched)),
    maxBatchSize: isBatched ? options.maxBatchSize : 0,
    classes: options.classes,
  };
}

// Rows may be merged if the first dimension of all inputs and outputs is variable, with the same name or without one.
function sharesBatchDimension(values: readonly ValueInfo[]): boolean {
  const symbols = values.map(({ shape = [] }) => shape[0]);
  if (symbols.length === 0 || !symbols.every(symbol => typeof symbol === 'string')) return false;
  return new Set(symbols.filter(symbol => symbol !== '')).size <= 1;
}

function toTensorSpec({ name, dtype, shape }: ValueInfo, isBatched: boolean): TensorSpec {
  const dims = shape!.map(dim => (typeof dim === 'number' ? dim : -1)).slice(isBatched ? 1 : 0);
  return { name, dtype: dtype!, dims };
}

/** The shape that clients see: with -1 for the batch dimension. */
export function wireShape(tensor: TensorSpec, { maxBatchSize }: ModelSpec): number[] {
  return maxBatchSize > 0 ? [-1, ...tensor.dims] : [...tensor.dims];
}
