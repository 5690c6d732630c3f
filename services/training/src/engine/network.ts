// The graphs of one training job, all built from the same features, model and task.

import { buildTrainGraph, type GraphRandom, type TrainGraph } from '@athanor/autodiff';
import { type Dim, GraphBuilder, type Model, toModel, type Value, type ValueType } from '@athanor/onnx';
import type { Tensor } from '@athanor/tensor';
import { rawInputType, type SourceColumn, TRANSFORM_OPSETS } from '@athanor/transforms';
import type { ModelDefinition, NetworkValues } from '../architectures/architecture.js';
import { ARCHITECTURES } from '../architectures/architectures.js';
import { emitFeatures, joinColumns } from '../features/emit-features.js';
import { DENSE_INPUT, indexInput, rawInput } from '../features/encode-split.js';
import { denseWidth, type FeatureSet, indexName, isInStep } from '../features/feature-set.js';
import { OPTIMIZERS } from '../optimizers/optimizers.js';
import type { BoundTask } from '../tasks/task.js';
import type { TrainingSpec } from './spec.js';

export interface Network {
  /** In the order of the served model's inputs. */
  readonly columns: readonly SourceColumn[];
  readonly features: FeatureSet;
  readonly task: BoundTask;
  readonly model: ModelDefinition;
}

export interface NetworkParts {
  /** Of the training split. */
  readonly trainRows: number;
  readonly columns: readonly SourceColumn[];
  readonly features: FeatureSet;
  readonly task: BoundTask;
}

export function buildNetwork(spec: TrainingSpec, parts: NetworkParts): Network {
  const architecture = ARCHITECTURES.kinds[spec.model.kind]!;
  const indices = parts.features.flatMap(feature =>
    feature.encoding.kind === 'index' ? [{ name: indexName(feature), cardinality: feature.encoding.cardinality }] : [],
  );
  const inputs = { rows: parts.trainRows, width: denseWidth(parts.features), indices };
  return { ...parts, model: architecture.build(spec.model.parameters, inputs, parts.task.outputWidth) };
}

export function trainGraph(network: Network, spec: TrainingSpec): TrainGraph {
  const { model, task } = network;
  const isWeighted = spec.weight !== undefined || task.rowWeights !== undefined;
  return buildTrainGraph({
    parameters: model.parameters.map(({ name, shape, l2 = 0 }) => ({ name, shape, l2 })),
    inputs: encodedTypes(network, 'rows'),
    labels: { dtype: task.labelType.dtype, shape: ['rows', ...task.labelType.shape] },
    ...(isWeighted && { weights: { dtype: 'FP32', shape: ['rows'] } }),
    forward: (g, inputs, parameters, random) => forwardEncoded(g, network, { inputs, parameters, random }),
    seed: spec.seed,
    loss: task.loss,
    optimizer: OPTIMIZERS.kinds[spec.optimizer.kind]!.build(spec.optimizer.parameters),
  });
}

/** Encoded rows to the served outputs, with the parameters as inputs, so that one session evaluates every epoch. */
export function evalGraph(network: Network): Model {
  const g = new GraphBuilder('eval');
  const types = Object.entries(encodedTypes(network, 'batch'));
  const inputs = new Map(types.map(([name, type]): [string, Value] => [name, g.input(name, type)]));
  const parameters = network.model.parameters.map(({ name, shape }): [string, Value] => {
    return [name, g.input(name, { dtype: 'FP32', shape })];
  });
  network.task.emitOutputs(g, forwardEncoded(g, network, { inputs, parameters: new Map(parameters) }));
  return toModel(g.graph(), TRANSFORM_OPSETS);
}

/** Raw columns to the served outputs, with the parameters inside: the model that is served. */
export function inferenceGraph(network: Network, parameters: ReadonlyMap<string, Tensor<'FP32'>>): Model {
  const { columns, features, model, task } = network;
  const g = new GraphBuilder('inference');
  const raw = new Map(
    columns.map((column): [string, Value] => [column.name, g.input(column.name, rawInputType(column, 'batch'))]),
  );
  const weights = model.parameters.map(({ name }): [string, Value] => {
    return [name, g.initializer(name, parameters.get(name)!)];
  });
  const values = emitFeatures(g, features, name => raw.get(name)!);
  task.emitOutputs(g, model.forward(g, values, new Map(weights)));
  return toModel(g.graph(), TRANSFORM_OPSETS);
}

/** The inputs of training and evaluation, as encodeSplit makes them. */
function encodedTypes({ features }: Network, batch: Dim): Record<string, ValueType> {
  const ahead = features.filter(each => !isInStep(each));
  const width = denseWidth(ahead);
  const types: Record<string, ValueType> = {};
  if (width > 0) types[DENSE_INPUT] = { dtype: 'FP32', shape: [batch, width] };
  for (const feature of ahead)
    if (feature.encoding.kind === 'index') types[indexInput(indexName(feature))] = { dtype: 'INT64', shape: [batch] };
  for (const { columns } of features.filter(isInStep))
    for (const column of columns) types[rawInput(column.name)] = rawInputType(column, batch);
  return types;
}

interface EncodedStep {
  readonly inputs: ReadonlyMap<string, Value>;
  readonly parameters: ReadonlyMap<string, Value>;
  /** In training only. */
  readonly random?: GraphRandom;
}

function forwardEncoded(
  g: GraphBuilder,
  { features, model }: Network,
  { inputs, parameters, random }: EncodedStep,
): Value {
  const inStep = emitFeatures(g, features.filter(isInStep), name => inputs.get(rawInput(name))!);
  const ahead = inputs.get(DENSE_INPUT);
  const dense = joinColumns(
    g,
    [ahead, inStep.dense].filter(value => value !== undefined),
  );
  const indices = new Map(inStep.indices);
  for (const feature of features) {
    const value = inputs.get(indexInput(indexName(feature)));
    if (value !== undefined) indices.set(indexName(feature), value);
  }
  const values: NetworkValues = { dense, indices };
  return model.forward(g, values, parameters, random);
}
