import {
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
import { InvalidTrainingData, type TrainingData } from '../engine/index.js';
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

/**
 * Fetches the manifest and the given columns of all shards. `evaluatesAll`: for a model that was not trained on this
 * dataset every split is as good.
 */
export async function loadData(
  readBlob: ReadBlob,
  names: readonly string[],
  { evaluatesAll = false } = {},
): Promise<LoadedData> {
  const manifest = parseDatasetManifest(await readBlob(''));
  const wanted = new Map(names.map(name => [indexOf(manifest, name), name]));
  const columns: SourceColumn[] = [];
  for (const index of wanted.keys()) columns.push(await loadColumn(manifest, index, readBlob));
  const load = (split: SplitName) => loadSplit(manifest, split, { readBlob, wanted });
  const train = await load('train');
  const validation = await load('validation');
  const test = await load('test');
  // Order of preference: training has used the validation split, so it is second; training rows only show that
  // something was learned.
  const named = [
    { ...test, name: 'test' as const },
    { ...validation, name: 'validation' as const },
  ].filter(split => split.rows > 0);
  const trained = { ...train, name: 'train' as const };
  const evaluated = evaluatesAll && train.rows > 0 ? [...named, trained] : named.length > 0 ? named : [trained];
  return { columns, train, validation, test, evaluated };
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
    for (const [index, name] of wanted) parts.get(name)!.push(values.get(index)!);
  }
  const values = [...wanted].map(([index, name]): [string, ColumnValues] => {
    const found = parts.get(name)!;
    return [name, found.length === 0 ? emptyValues(columns[index]!.type) : concatValues(found)];
  });
  return { rows, values: new Map(values) };
}
