// The graphs of one training job, all built from the same features, model and task.

import { buildTrainGraph, type ForwardStep, type TrainGraph, type TrainGraphSpec } from '@athanor/autodiff';
import { GraphBuilder, type Model, toModel, type Value, type ValueType } from '@athanor/onnx';
import type { Tensor } from '@athanor/tensor';
import { rawInputType, type SourceColumn, TRANSFORM_OPSETS } from '@athanor/transforms';
import type { ModelDefinition, ModelWeight } from '../architectures/architecture.js';
import { ARCHITECTURES } from '../architectures/architectures.js';
import { augmentImages } from '../augmentations/augment-images.js';
import { emitFeatures, joinColumns } from '../features/emit-features.js';
import { DENSE_INPUT, indexInput, rawInput } from '../features/encode-split.js';
import { denseWidth, type FeatureSet, featureName, isInStep } from '../features/feature-set.js';
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
  /** The imported model that training starts from. */
  readonly base?: Model | undefined;
}

export function buildNetwork(spec: TrainingSpec, parts: NetworkParts): Network {
  const architecture = ARCHITECTURES.kinds[spec.model.kind]!;
  const indices = parts.features.flatMap(feature =>
    feature.encoding.kind === 'index'
      ? [{ name: featureName(feature), cardinality: feature.encoding.cardinality }]
      : [],
  );
  const images = parts.features.flatMap(feature =>
    feature.encoding.kind === 'image' ? [{ name: featureName(feature), ...feature.encoding.shape }] : [],
  );
  const { base, ...rest } = parts;
  const width = denseWidth(parts.features);
  const inputs = { rows: parts.trainRows, width, indices, images, ...(base && { base }) };
  return { ...rest, model: architecture.build(spec.model.parameters, inputs, parts.task.outputWidth) };
}

export function trainGraph(network: Network, spec: TrainingSpec): TrainGraph {
  return buildTrainGraph(trainGraphSpec(network, spec));
}

export function trainGraphSpec(network: Network, spec: TrainingSpec): TrainGraphSpec {
  const { model, task } = network;
  const { accumulateSteps = 1 } = spec;
  const isWeighted = spec.weight !== undefined || task.rowWeights !== undefined;
  return {
    network: {
      parameters: model.parameters,
      ...(model.buffers && { buffers: model.buffers }),
      forward: step => forwardEncoded(network, step, spec.augmentations),
    },
    inputs: rowTypes(network),
    labels: task.labelType,
    isWeighted,
    seed: spec.seed,
    loss: task.loss,
    averageDecay: spec.optimizer.parameters.averageDecay,
    optimizer: OPTIMIZERS.kinds[spec.optimizer.kind]!.build(spec.optimizer.parameters),
    provider: spec.provider ?? 'cpu',
    ...(accumulateSteps > 1 && { accumulation: { batches: accumulateSteps, batchRows: spec.batchSize } }),
  };
}

/** The tensors of a trained network: parameters and buffers. */
export function weightsOf({ parameters, buffers = [] }: ModelDefinition): readonly ModelWeight[] {
  return [...parameters, ...buffers];
}

/** Encoded rows to the served outputs, with the weights as inputs, so that one session evaluates every epoch. */
export function evalGraph(network: Network): Model {
  const g = new GraphBuilder('eval');
  const types = Object.entries(rowTypes(network));
  const inputs = types.map(([name, { dtype, shape }]): [string, Value] => {
    return [name, g.input(name, { dtype, shape: ['batch', ...shape] })];
  });
  const weights = weightsOf(network.model).map(({ name, shape }): [string, Value] => {
    return [name, g.input(name, { dtype: 'FP32', shape })];
  });
  network.task.emitOutputs(g, forwardEncoded(network, served(g, new Map(inputs), new Map(weights))));
  return toModel(g.graph(), TRANSFORM_OPSETS);
}

/** Raw columns to the served outputs, with the weights inside: the model that is served. */
export function inferenceGraph(network: Network, tensors: ReadonlyMap<string, Tensor<'FP32'>>): Model {
  const { columns, features, task } = network;
  const { model, weights: finished } = network.model.merge?.(tensors) ?? { model: network.model, weights: tensors };
  const g = new GraphBuilder('inference');
  const raw = new Map(
    columns.map((column): [string, Value] => [column.name, g.input(column.name, rawInputType(column, 'batch'))]),
  );
  const weights = weightsOf(model).map(({ name }): [string, Value] => [name, g.initializer(name, finished.get(name)!)]);
  const inputs = emitFeatures(g, features, name => raw.get(name)!);
  task.emitOutputs(g, model.forward({ ...served(g, new Map(), new Map(weights)), inputs }));
  return toModel(g.graph(), TRANSFORM_OPSETS);
}

/** A step outside training: nothing is drawn, nothing is updated. */
function served(g: GraphBuilder, inputs: ReadonlyMap<string, Value>, weights: ReadonlyMap<string, Value>): ForwardStep {
  return { g, inputs, parameters: weights, buffers: weights, random: undefined, update: () => undefined };
}

/** One row of each input of training and evaluation, as encodeSplit makes them. */
function rowTypes({ features }: Network): Record<string, ValueType> {
  const ahead = features.filter(each => !isInStep(each));
  const width = denseWidth(ahead);
  const types: Record<string, ValueType> = {};
  if (width > 0) types[DENSE_INPUT] = { dtype: 'FP32', shape: [width] };
  for (const feature of ahead)
    if (feature.encoding.kind === 'index') types[indexInput(featureName(feature))] = { dtype: 'INT64', shape: [] };
  for (const { columns } of features.filter(isInStep)) {
    for (const column of columns) {
      const { dtype, shape } = rawInputType(column, 'batch');
      types[rawInput(column.name)] = { dtype, shape: shape.slice(1) };
    }
  }
  return types;
}

/** `augmentations`: of the images, in training. */
function forwardEncoded(
  { features, model }: Network,
  step: ForwardStep,
  augmentations: TrainingSpec['augmentations'] = [],
): Value {
  const { g, inputs, random } = step;
  const inStep = emitFeatures(g, features.filter(isInStep), name => inputs.get(rawInput(name))!);
  const ahead = inputs.get(DENSE_INPUT);
  const dense = joinColumns(
    g,
    [ahead, inStep.dense].filter(value => value !== undefined),
  );
  const indices = new Map(inStep.indices);
  for (const feature of features) {
    const value = inputs.get(indexInput(featureName(feature)));
    if (value !== undefined) indices.set(featureName(feature), value);
  }
  const images = new Map(inStep.images);
  for (const feature of features) {
    const [name, { encoding }] = [featureName(feature), feature];
    if (random === undefined || encoding.kind !== 'image') continue;
    images.set(name, augmentImages(g, images.get(name)!, augmentations, { shape: encoding.shape, random }));
  }
  return model.forward({ ...step, inputs: { dense, indices, images } });
}
