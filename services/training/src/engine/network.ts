// The graphs of one training job, all built from preprocessing, model and loss.

import { adam, buildTrainGraph, clipByGlobalNorm, type Optimizer, sgd, softmaxCrossEntropy } from '@athanor/autodiff';
import { type Dim, GraphBuilder, int, type Model, toModel, type Value } from '@athanor/onnx';
import type { Tensor } from '@athanor/tensor';
import { mlp } from '../architectures/mlp.js';
import type { ModelDefinition } from '../architectures/model.js';
import { fitPreprocessing } from '../preprocessing/fit-preprocessing.js';
import type { Preprocessing } from '../preprocessing/preprocessing.js';
import type { OptimizerSpec, TrainingSpec } from './spec.js';
import type { TrainingData } from './training-data.js';

export interface Network {
  readonly preprocessing: Preprocessing;
  readonly model: ModelDefinition;
}

export const OUTPUTS = { probabilities: 'probabilities', label: 'label' } as const;

export function buildNetwork(spec: TrainingSpec, data: TrainingData): Network {
  const preprocessing = fitPreprocessing(data.train.features);
  const { hidden } = spec.model;
  return { preprocessing, model: mlp({ inputWidth: preprocessing.width, hidden, outputWidth: data.classes.length }) };
}

export function trainGraph({ preprocessing, model }: Network, spec: TrainingSpec) {
  const clip = spec.clipNorm === undefined ? [] : [clipByGlobalNorm(spec.clipNorm)];
  return buildTrainGraph({
    parameters: model.parameters.map(({ name, shape }) => ({ name, shape })),
    features: rowsType(preprocessing, 'rows'),
    labels: { dtype: 'INT32', shape: ['rows'] },
    forward: (g, rows, parameters) => model.forward(g, preprocessing.emit(g, rows), parameters),
    loss: softmaxCrossEntropy,
    optimizer: [...clip, ...createOptimizer(spec.optimizer)],
  });
}

/** Raw rows to probabilities, with the parameters as inputs, so that one session evaluates every epoch. */
export function evalGraph(network: Network, inputName: string): Model {
  const g = new GraphBuilder('eval');
  const rows = g.input(inputName, rowsType(network.preprocessing, 'batch'));
  const parameters = network.model.parameters.map(({ name, shape }): [string, Value] => {
    return [name, g.input(name, { dtype: 'FP32', shape })];
  });
  writeOutputs(g, network.model.forward(g, network.preprocessing.emit(g, rows), new Map(parameters)));
  return toModel(g.graph());
}

/** Raw rows to probabilities and label, with the parameters inside: the model that is served. */
export function inferenceGraph(
  network: Network,
  inputName: string,
  parameters: ReadonlyMap<string, Tensor<'FP32'>>,
): Model {
  const g = new GraphBuilder('inference');
  const rows = g.input(inputName, rowsType(network.preprocessing, 'batch'));
  const weights = network.model.parameters.map(({ name }): [string, Value] => {
    return [name, g.initializer(name, parameters.get(name)!)];
  });
  writeOutputs(g, network.model.forward(g, network.preprocessing.emit(g, rows), new Map(weights)));
  return toModel(g.graph());
}

function writeOutputs(g: GraphBuilder, logits: Value): void {
  g.output(g.op('Softmax', [logits]), OUTPUTS.probabilities);
  g.output(g.op('ArgMax', [logits], { attributes: { axis: int(1), keepdims: int(0) } }), OUTPUTS.label);
}

function rowsType({ row }: Preprocessing, batch: Dim) {
  return { dtype: row.dtype, shape: [batch, ...row.shape] };
}

function createOptimizer(spec: OptimizerSpec): Optimizer {
  return spec.kind === 'adam' ? adam(spec) : sgd(spec);
}
