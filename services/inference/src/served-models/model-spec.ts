import type { Graph, ValueInfo } from '@athanor/onnx/files';
import type { DType } from '@athanor/tensor';

/** One input or output, as in requests. */
export interface TensorSpec {
  readonly name: string;
  readonly dtype: DType;
  /** Without the batch dimension; -1 for a variable size. */
  readonly dims: readonly number[];
}

/** A model's inputs and outputs. */
export interface ModelSpec {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Maximum rows of a request and of a run. 0: the model has no batch dimension, and its requests run one by one. */
  readonly maxBatchSize: number;
  /** Class names by output, in the order of its last dimension. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
}

/** Inputs and outputs with the batch dimension, if there is one. */
export interface ModelTensors {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Whether the first axis of all of them is the batch. */
  readonly isBatched: boolean;
}

/** Of a graph that was built here; it has passed the model guard, so its inputs and outputs have types and shapes. */
export function tensorsOfGraph(graph: Graph): ModelTensors {
  // Before IR 4 initializers are inputs as well; they are constants, not part of a request.
  const inputs = graph.inputs.filter(({ name }) => !graph.initializers.has(name));
  return {
    inputs: inputs.map(toTensorSpec),
    outputs: graph.outputs.map(toTensorSpec),
    isBatched: sharesBatchDimension([...inputs, ...graph.outputs]),
  };
}

// Graphs that were built here name their batch.
function sharesBatchDimension(values: readonly ValueInfo[]): boolean {
  const symbols = values.map(({ shape = [] }) => shape[0]);
  return typeof symbols[0] === 'string' && symbols[0] !== '' && new Set(symbols).size === 1;
}

function toTensorSpec({ name, dtype, shape }: ValueInfo): TensorSpec {
  return { name, dtype: dtype!, dims: shape!.map(dim => (typeof dim === 'number' ? dim : -1)) };
}

export interface SpecOptions {
  readonly maxBatchSize: number;
  readonly classes: readonly string[];
  /** By output, instead of the classes. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
}

export function toModelSpec({ inputs, outputs, isBatched }: ModelTensors, options: SpecOptions): ModelSpec {
  const withoutBatch = (each: TensorSpec) => (isBatched ? { ...each, dims: each.dims.slice(1) } : each);
  const ownOutputs = outputs.map(withoutBatch);
  const labels = new Map(options.labels);
  for (const { name, dims } of ownOutputs) {
    const { classes } = options;
    if (classes.length > 0 && dims.at(-1) === classes.length && !labels.has(name)) labels.set(name, classes);
  }
  return {
    inputs: inputs.map(withoutBatch),
    outputs: ownOutputs,
    maxBatchSize: isBatched ? options.maxBatchSize : 0,
    labels,
  };
}

/** The shape that clients see: with -1 for the batch dimension. */
export function wireShape(tensor: TensorSpec, { maxBatchSize }: ModelSpec): number[] {
  return maxBatchSize > 0 ? [-1, ...tensor.dims] : [...tensor.dims];
}
