// From raw rows to what the training graph takes: the task is bound to the targets, the transforms are fitted on the
// training split, and all rows are encoded once.

import { concatValues } from '@athanor/data';
import type { SessionOptions } from '@athanor/runtime';
import type { NumericTensor } from '@athanor/tensor';
import { type SourceColumn, TRANSFORMS } from '@athanor/transforms';
import { encodeSplit } from '../features/encode-split.js';
import { fitFeatures, type PlannedTransform } from '../features/feature-set.js';
import { columnOf, type RawSplit } from '../features/raw-split.js';
import type { BoundTask } from '../tasks/task.js';
import { TASKS } from '../tasks/tasks.js';
import { buildNetwork, type Network } from './network.js';
import { rowWeights } from './row-weights.js';
import type { TrainingSpec } from './spec.js';
import { findColumn, type TrainingData } from './training-data.js';

export interface EncodedSplit {
  readonly rows: number;
  /** By input of the training graph: [rows, …]. */
  readonly inputs: ReadonlyMap<string, NumericTensor>;
  /** As the loss takes them. */
  readonly labels: NumericTensor;
  /** As they are measured. */
  readonly truth: NumericTensor;
  /** FP32 [rows]: the weight of each row in the loss; only of the training split. */
  readonly weights?: NumericTensor;
}

export interface PreparedData {
  readonly network: Network;
  readonly train: EncodedSplit;
  readonly validation: EncodedSplit;
}

export async function prepareData(spec: TrainingSpec, data: TrainingData): Promise<PreparedData> {
  const targets = spec.targets.map(name => findColumn(data, name));
  const task = bindTask(spec, data, targets);
  const columns = spec.inputs.map(name => findColumn(data, name));
  const features = fitFeatures(planTransforms(spec, data), data.train);
  const network = buildNetwork(spec, { columns, features, task, trainRows: data.train.rows, base: data.base });
  const options: SessionOptions = { intraOpThreads: spec.cpuThreads, provider: 'cpu' };
  const encode = async (split: RawSplit): Promise<EncodedSplit> => {
    const truth = task.truth(targets.map(target => columnOf(split, target)));
    return { rows: split.rows, inputs: await encodeSplit(features, split, options), labels: task.labels(truth), truth };
  };
  const train = await encode(data.train);
  const weights = rowWeights(spec, data, { task, truth: train.truth });
  return { network, train: { ...train, ...(weights && { weights }) }, validation: await encode(data.validation) };
}

/** The task as it was bound to the targets of the dataset. */
export function bindTask(spec: TrainingSpec, data: TrainingData, targets: readonly SourceColumn[]): BoundTask {
  const splits = [data.train, data.validation, ...(data.test ? [data.test] : [])];
  return TASKS.kinds[spec.task.kind]!.bind(spec.task.parameters, {
    columns: targets,
    train: targets.map(target => columnOf(data.train, target)),
    all: targets.map(target => concatValues(splits.map(split => columnOf(split, target)))),
  });
}

function planTransforms(spec: TrainingSpec, data: TrainingData): PlannedTransform[] {
  return spec.transforms.map(({ columns, transform }) => ({
    columns: columns.map(name => findColumn(data, name)),
    transform: TRANSFORMS.kinds[transform.kind]!,
    component: transform,
  }));
}
