import { type DatasetManifest, parseDatasetManifest, SHARD_TENSORS, type SplitName } from '@athanor/contracts';
import {
  bytesOf,
  type DType,
  type NumericTensor,
  readSafetensors,
  type Tensor,
  tensorFromBytes,
} from '@athanor/tensor';
import { InvalidTrainingData, type Split, type TrainingData } from '../engine/index.js';

export interface EvaluatedSplit extends Split {
  readonly name: SplitName;
}

/** Rows of a dataset version in memory. */
export interface LoadedData extends TrainingData {
  /** Non-empty splits to evaluate the model on; the first is the one that gates and metrics refer to. */
  readonly evaluated: readonly EvaluatedSplit[];
}

type ReadBlob = (digest: string) => Promise<Buffer>;

/** Fetches the manifest and all its shards. */
export async function loadData(readBlob: ReadBlob): Promise<LoadedData> {
  const manifest = parseDatasetManifest(await readBlob(''));
  const [feature] = manifest.features;
  if (feature === undefined || manifest.features.length > 1) {
    throw new InvalidTrainingData(`expected one feature tensor, the dataset has ${manifest.features.length}`);
  }
  const load = (split: SplitName) => loadSplit(manifest, split, readBlob);
  const train = await load('train');
  const validation = await load('validation');
  const test = await load('test');
  // Order of preference: training has used the validation split, so it is second; training rows only show that
  // something was learned.
  const named = [
    { ...test, name: 'test' as const },
    { ...validation, name: 'validation' as const },
  ].filter(split => split.labels.length > 0);
  const evaluated = named.length > 0 ? named : [{ ...train, name: 'train' as const }];
  return { inputName: feature.name, classes: manifest.classes, train, validation, evaluated };
}

async function loadSplit(manifest: DatasetManifest, name: SplitName, readBlob: ReadBlob): Promise<Split> {
  const { rows, shards } = manifest.splits[name];
  const feature = manifest.features[0] as DatasetManifest['features'][number];
  const labels = new Int32Array(rows);
  const parts: Uint8Array[] = [];
  let begin = 0;
  for (const shard of shards) {
    const { tensors } = readSafetensors(await readBlob(shard.digest));
    parts.push(bytesOf(expectTensor(tensors, feature.name) as NumericTensor));
    labels.set((expectTensor(tensors, SHARD_TENSORS.label) as Tensor<'INT32'>).data, begin);
    begin += shard.rows;
  }
  const features = tensorFromBytes(
    feature.datatype as DType & NumericTensor['dtype'],
    [rows, ...feature.shape],
    Buffer.concat(parts),
  );
  return { features, labels };
}

function expectTensor(tensors: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const found = tensors.get(name);
  if (found === undefined)
    throw new InvalidTrainingData(`expected the tensor '${name}' in a shard, found ${[...tensors.keys()].join(', ')}`);
  return found;
}
