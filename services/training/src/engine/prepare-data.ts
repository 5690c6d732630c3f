// From raw rows to what the training graph takes: the task is bound to the targets, the transforms are fitted on the
// training split, and rows are encoded.

import { concatValues } from '@athanor/data';
import type { SessionOptions } from '@athanor/runtime';
import { type SourceColumn, TRANSFORMS } from '@athanor/transforms';
import { encodeSplit } from '../features/encode-split.js';
import { fitFeatures, type PlannedTransform } from '../features/feature-set.js';
import { columnOf, type RawSplit } from '../features/raw-split.js';
import type { BoundTask } from '../tasks/task.js';
import { TASKS } from '../tasks/tasks.js';
import { type BatchSource, memorySource } from './batch-source.js';
import type { EncodedSplit } from './encoded-split.js';
import { buildNetwork, type Network } from './network.js';
import { rowWeights } from './row-weights.js';
import { type ShardSourceOptions, shardSource } from './shard-source.js';
import { DEFAULT_SHUFFLE_BUFFER_BYTES, type TrainingSpec } from './spec.js';
import { findColumn, type ShardStream, type TrainingData } from './training-data.js';

export interface PreparedData {
  readonly network: Network;
  /** Without inputs if they are streamed. */
  readonly train: EncodedSplit;
  readonly validation: EncodedSplit;
  /** Of the training rows. */
  readonly source: BatchSource;
}

export async function prepareData(spec: TrainingSpec, data: TrainingData): Promise<PreparedData> {
  const targets = spec.targets.map(name => findColumn(data, name));
  const task = bindTask(spec, data, targets);
  const columns = spec.inputs.map(name => findColumn(data, name));
  const features = await fitFeatures(planTransforms(spec, data), data.stream ? shardsOf(data.stream) : [data.train]);
  const network = buildNetwork(spec, { columns, features, task, trainRows: data.train.rows, base: data.base });
  const options: SessionOptions = { intraOpThreads: spec.cpuThreads, provider: 'cpu' };
  const encode = async (split: RawSplit, isStreamed = false): Promise<EncodedSplit> => {
    const truth = task.truth(targets.map(target => columnOf(split, target)));
    const inputs = isStreamed ? new Map() : await encodeSplit(features, split, options);
    return { rows: split.rows, inputs, labels: task.labels(truth), truth };
  };
  const encoded = await encode(data.train, data.stream !== undefined);
  const weights = rowWeights(spec, data, { task, truth: encoded.truth });
  const train = { ...encoded, ...(weights && { weights }) };
  const source = sourceOf(spec, train, { stream: data.stream, features, session: options });
  return { network, train, validation: await encode(data.validation), source };
}

function sourceOf(
  spec: TrainingSpec,
  split: EncodedSplit,
  { stream, ...rest }: Pick<ShardSourceOptions, 'features' | 'session'> & { readonly stream: ShardStream | undefined },
): BatchSource {
  const { seed, epochs, shuffleBufferBytes: bufferBytes = DEFAULT_SHUFFLE_BUFFER_BYTES } = spec;
  return stream ? shardSource({ ...rest, stream, split, seed, epochs, bufferBytes }) : memorySource(split, seed);
}

async function* shardsOf({ shards, read }: ShardStream): AsyncGenerator<RawSplit> {
  for (const index of shards.keys()) yield await read(index);
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
