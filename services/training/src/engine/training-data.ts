import type { Model } from '@athanor/onnx';
import type { SourceColumn } from '@athanor/transforms';
import type { RawSplit } from '../features/raw-split.js';
import type { ShardSize } from './shard-order.js';

/** Input columns of the training split that are read shard by shard. */
export interface ShardStream {
  /** In the order of the rows. */
  readonly shards: readonly ShardSize[];
  readonly read: (index: number) => Promise<RawSplit>;
}

/** The rows to train on, as stored in the dataset. */
export interface TrainingData {
  /** At least the job's inputs and targets. */
  readonly columns: readonly SourceColumn[];
  readonly train: RawSplit;
  /** If it is set, `train` has the other columns only. */
  readonly stream?: ShardStream;
  readonly validation: RawSplit;
  /** Classes may occur in the test split only. */
  readonly test?: RawSplit;
  /** The imported model that training starts from. */
  readonly base?: Model;
}

export class InvalidTrainingData extends Error {
  override readonly name = 'InvalidTrainingData';
}

/** Throws InvalidTrainingData. */
export function assertValidData(data: TrainingData): void {
  if (data.train.rows === 0) throw new InvalidTrainingData('the training split has no rows');
}

/** Throws InvalidTrainingData for a name that no column has. */
export function findColumn({ columns }: TrainingData, name: string): SourceColumn {
  const column = columns.find(each => each.name === name);
  if (column !== undefined) return column;
  const known = columns.map(each => each.name).join(', ');
  throw new InvalidTrainingData(`the dataset has no column '${name}'; its columns are ${known}`);
}
