import {
  type Column,
  type ColumnValues,
  concatValues,
  type DatasetManifest,
  emptyValues,
  parseDatasetManifest,
  readDictionary,
  readShard,
  type SplitName,
} from '@athanor/data';
import type { SourceColumn } from '@athanor/transforms';
import { InvalidTrainingData, type ShardStream, type TrainingData } from '../engine/index.js';
import type { RawSplit } from '../features/raw-split.js';

export interface EvaluatedSplit extends RawSplit {
  readonly name: SplitName;
}

/** Rows of a dataset version in memory. */
export interface LoadedData extends TrainingData {
  /** Non-empty splits to evaluate the model on; the first is the one that gates and metrics refer to. */
  readonly evaluated: readonly EvaluatedSplit[];
}

type ReadBlob = (digest: string) => Promise<Buffer>;

export interface LoadOptions {
  /** For a model that was not trained on this dataset every split is as good. */
  readonly evaluatesAll?: boolean;
  /** How training rows are read that do not fit into memory; default: all are in memory. */
  readonly streaming?: {
    readonly inputs: readonly string[];
    /** Inputs that are needed in memory too. */
    readonly kept: readonly string[];
    /** A training split with more bytes of shards is streamed: a rule of the data set, the same on every machine. */
    readonly bufferBytes: number;
    readonly readShard: (digest: string) => Promise<Uint8Array>;
  };
}

/**
 * Fetches the manifest and the given columns of all shards. Of a training split that is streamed, only columns that are no
 * inputs; validation and test rows are always in memory.
 */
export async function loadData(
  readBlob: ReadBlob,
  names: readonly string[],
  { evaluatesAll = false, streaming }: LoadOptions = {},
): Promise<LoadedData> {
  const manifest = parseDatasetManifest(await readBlob(''));
  const stream = streaming && streamOf(manifest, streaming);
  const wanted = new Map(names.map(name => [indexOf(manifest, name), name]));
  const columns: SourceColumn[] = [];
  for (const index of wanted.keys()) columns.push(await loadColumn(manifest, index, readBlob));
  const load = (split: SplitName) => loadSplit(manifest, split, { readBlob, wanted });
  const isKept = (name: string) => !streaming?.inputs.includes(name) || streaming.kept.includes(name);
  const kept = [...wanted].filter(([, name]) => isKept(name));
  const train = stream ? await loadSplit(manifest, 'train', { readBlob, wanted: new Map(kept) }) : await load('train');
  const validation = await load('validation');
  const test = await load('test');
  // Order of preference: training has used the validation split, so it is second; training rows only show that
  // something was learned.
  const named = [
    { ...test, name: 'test' as const },
    { ...validation, name: 'validation' as const },
  ].filter(split => split.rows > 0);
  if (stream && named.length === 0)
    throw new InvalidTrainingData(
      'expected validation or test rows, because the training rows are too many to be evaluated in memory; raise the validation or test fraction, or shuffle_buffer_mb',
    );
  const trained = { ...train, name: 'train' as const };
  const evaluated = evaluatesAll && train.rows > 0 ? [...named, trained] : named.length > 0 ? named : [trained];
  return { columns, train, ...(stream && { stream }), validation, test, evaluated };
}

/** Undefined if the training split fits into the buffer. */
function streamOf(
  manifest: DatasetManifest,
  { inputs, bufferBytes, readShard: readBytes }: NonNullable<LoadOptions['streaming']>,
): ShardStream | undefined {
  const { shards } = manifest.splits.train;
  if (shards.reduce((sum, { byteSize }) => sum + byteSize, 0) <= bufferBytes) return undefined;
  const wanted = new Map(inputs.map(name => [indexOf(manifest, name), name]));
  return {
    shards,
    async read(index) {
      const { digest, rows } = shards[index]!;
      const { values } = readShard(await readBytes(digest), manifest.columns, new Set(wanted.keys()));
      return { rows, values: new Map([...wanted].map(([column, name]) => [name, values.get(column)!])) };
    },
  };
}

function indexOf({ columns }: DatasetManifest, name: string): number {
  const index = columns.findIndex(column => column.name === name);
  if (index >= 0) return index;
  const known = columns.map(column => column.name).join(', ');
  throw new InvalidTrainingData(`the dataset has no column '${name}'; its columns are ${known}`);
}

async function loadColumn({ columns }: DatasetManifest, index: number, readBlob: ReadBlob): Promise<SourceColumn> {
  const { dictionary, ...column } = columns[index]!;
  return dictionary === undefined
    ? column
    : { ...column, categories: readDictionary(await readBlob(dictionary.digest)) };
}

interface SplitWork {
  readonly readBlob: ReadBlob;
  /** Names by index. */
  readonly wanted: ReadonlyMap<number, string>;
}

async function loadSplit(
  { columns, splits }: DatasetManifest,
  split: SplitName,
  { readBlob, wanted }: SplitWork,
): Promise<RawSplit> {
  const { rows, shards } = splits[split];
  const parts = new Map([...wanted.values()].map((name): [string, ColumnValues[]] => [name, []]));
  for (const { digest } of shards) {
    const { values } = readShard(await readBlob(digest), columns, new Set(wanted.keys()));
    for (const [index, name] of wanted) parts.get(name)!.push(ownValues(values.get(index)!, columns[index]!));
  }
  const values = [...wanted].map(([index, name]): [string, ColumnValues] => {
    const found = parts.get(name)!;
    return [name, found.length === 0 ? emptyValues(columns[index]!.type) : concatValues(found)];
  });
  return { rows, values: new Map(values) };
}

/** A copy: the values of a shard are views, which would keep all of its columns in memory. */
function ownValues(values: ColumnValues, { type }: Column): ColumnValues {
  return concatValues([values, emptyValues(type)]);
}
