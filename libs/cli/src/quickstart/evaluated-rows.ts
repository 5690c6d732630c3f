import { type AthanorClient, collectChunks } from '@athanor/client';
import { parseDatasetManifest, SHARD_TENSORS } from '@athanor/contracts';
import type { DatasetVersion } from '@athanor/contracts/ingest';
import type { ModelVersion } from '@athanor/contracts/registry';
import { bytesOf, type NumericTensor, readSafetensors, type Tensor } from '@athanor/tensor';

/** Raw rows as sent by a client, with their labels and evaluation. */
export interface EvaluatedRows {
  readonly inputName: string;
  readonly datatype: NumericTensor['dtype'];
  readonly rowShape: readonly number[];
  readonly labels: Int32Array;
  readonly rowIds: readonly string[];
  /** The evaluation's probabilities of these rows: row-major [rows, classes]. */
  readonly evaluated: Float32Array;
  row(index: number): Uint8Array;
}

/** The first rows that the model was evaluated on, as stored in the dataset. */
export async function readEvaluatedRows(
  client: AthanorClient,
  dataset: DatasetVersion,
  version: ModelVersion,
  count: number,
): Promise<EvaluatedRows> {
  const { datasetId, version: number, classes } = dataset;
  const readBlob = (digest: string) =>
    collectChunks(client.ingest.readDatasetBlob({ datasetId, version: number, digest }));
  const manifest = parseDatasetManifest(await readBlob(''));
  const [evaluation] = version.evaluations;
  const [feature] = manifest.features;
  const split = manifest.splits[(evaluation?.split ?? 'test') as keyof typeof manifest.splits];
  const shard = split.shards[0];
  if (evaluation === undefined || feature === undefined || shard === undefined)
    throw new Error('the version was not evaluated on any row');
  const { tensors } = readSafetensors(await readBlob(shard.digest));
  const features = tensors.get(feature.name) as NumericTensor;
  const rows = Math.min(count, shard.rows);
  const bytes = bytesOf(features);
  const bytesPerRow = bytes.byteLength / shard.rows;
  const data = <D extends 'INT32' | 'UINT32' | 'UINT8'>(name: string) => (tensors.get(name) as Tensor<D>).data;
  const ordinals = data<'UINT32'>(SHARD_TENSORS.ordinal);
  const partitions = data<'UINT8'>(SHARD_TENSORS.partition);
  return {
    inputName: feature.name,
    datatype: features.dtype,
    rowShape: feature.shape,
    labels: data<'INT32'>(SHARD_TENSORS.label).subarray(0, rows) as Int32Array,
    rowIds: Array.from({ length: rows }, (_, row) => `${manifest.partitions[partitions[row] ?? 0]}/${ordinals[row]}`),
    evaluated: (await readPredictions(client, version, evaluation.predictionsDigest)).subarray(
      0,
      rows * classes.length,
    ),
    row: index => bytes.slice(index * bytesPerRow, (index + 1) * bytesPerRow),
  };
}

async function readPredictions(
  client: AthanorClient,
  version: ModelVersion,
  fileDigest: string,
): Promise<Float32Array> {
  const bytes = await collectChunks(client.registry.readModelFile({ versionDigest: version.digest, fileDigest }));
  return (readSafetensors(bytes).tensors.get('probabilities') as Tensor<'FP32'>).data;
}
