import { type DatasetManifest, parseDatasetManifest, SHARD_TENSORS, type SplitName } from '@athanor/contracts';
import {
  bytesOf,
  type DType,
  type NumericTensor,
  readSafetensors,
  type Tensor,
  tensorFromBytes,
} from '@athanor/tensor';
import type { Split, TrainingData } from '../engine/index.js';

/** Rows of a dataset version in memory, and the split to judge the model on. */
export interface LoadedData extends TrainingData {
  readonly evaluation: Split & { readonly name: SplitName };
}

type ReadBlob = (digest: string) => Promise<Buffer>;

/** Fetches the manifest and every shard that it names. */
export async function loadData(readBlob: ReadBlob): Promise<LoadedData> {
  const manifest = parseDatasetManifest(await readBlob(''));
  const [feature] = manifest.features;
  if (feature === undefined || manifest.features.length > 1) {
    throw new Error(`expected one feature tensor, the dataset has ${manifest.features.length}`);
  }
  const load = (split: SplitName) => loadSplit(manifest, split, readBlob);
  const train = await load('train');
  const validation = await load('validation');
  const name = evaluationSplit(manifest);
  const evaluation = { ...(name === 'test' ? await load('test') : name === 'validation' ? validation : train), name };
  return { inputName: feature.name, classes: manifest.classes, train, validation, evaluation };
}

/** The test split; without one the validation split, which training has only looked at; without that, training rows. */
function evaluationSplit({ splits }: DatasetManifest): SplitName {
  if (splits.test.rows > 0) return 'test';
  return splits.validation.rows > 0 ? 'validation' : 'train';
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
    throw new Error(`a shard lacks the tensor '${name}'; it has ${[...tensors.keys()].join(', ')}`);
  return found;
}
