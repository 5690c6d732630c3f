import { type AthanorClient, collectChunks } from '@athanor/client';
import type { DatasetVersion } from '@athanor/contracts/ingest';
import type { ModelVersion } from '@athanor/contracts/registry';
import {
  type CategoryValues,
  type ManifestColumn,
  parseDatasetManifest,
  readShard,
  type VectorType,
  type VectorValues,
} from '@athanor/data';
import { bytesOf, type NumericTensor, readSafetensors, type Tensor } from '@athanor/tensor';

/** Raw images as sent by a client, with their labels and evaluation. */
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
  const { columns, partitions, splits } = parseDatasetManifest(await readBlob(''));
  const [evaluation] = version.evaluations;
  const image = columns.findIndex(({ type }) => type.kind === 'vector');
  const target = columns.findIndex(({ role }) => role === 'target');
  const shard = splits[(evaluation?.split ?? 'test') as keyof typeof splits].shards[0];
  if (evaluation === undefined || shard === undefined) throw new Error('the version was not evaluated on any row');
  const { values, ids } = readShard(await readBlob(shard.digest), columns, new Set([image, target]));
  const { tensor } = values.get(image) as VectorValues;
  const rows = Math.min(count, shard.rows);
  const bytes = bytesOf(tensor);
  const bytesPerRow = bytes.byteLength / shard.rows;
  const { name, type } = columns[image] as ManifestColumn & { readonly type: VectorType };
  return {
    inputName: name,
    datatype: type.dtype,
    rowShape: type.shape,
    labels: (values.get(target) as CategoryValues).codes.subarray(0, rows),
    rowIds: Array.from({ length: rows }, (_, row) => `${partitions[ids.partitions[row] ?? 0]}/${ids.ordinals[row]}`),
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
