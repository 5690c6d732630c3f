import { type AthanorClient, collectChunks } from '@athanor/client';
import {
  type CategoryValues,
  parseDatasetManifest,
  readDictionary,
  readShard,
  SPLITS,
  type SplitName,
  type VectorValues,
} from '@athanor/data';

/** Of one split, in the order of its rows. */
export interface ExportedImages {
  /** UINT8 [rows, …shape]. */
  readonly pixels: Buffer;
  /** Of each row: an index into the classes. */
  readonly labels: readonly number[];
}

export interface ImageRows {
  /** Of one image: height, width and channels. */
  readonly shape: readonly number[];
  readonly classes: readonly string[];
  readonly splits: Readonly<Record<SplitName, ExportedImages>>;
}

/** All rows of a dataset version with one column of images and one of labels. */
export async function exportImages(client: AthanorClient, datasetId: string, version: number): Promise<ImageRows> {
  const read = (digest: string) => collectChunks(client.ingest.readDatasetBlob({ datasetId, version, digest }));
  const { columns, splits } = parseDatasetManifest(await read(''));
  const image = columns.findIndex(({ type }) => type.kind === 'vector');
  const label = columns.findIndex(({ role }) => role === 'target');
  const { type } = columns[image]!;
  const exported = new Map<SplitName, ExportedImages>();
  for (const split of SPLITS) {
    const [pixels, labels]: [Uint8Array[], number[]] = [[], []];
    for (const shard of splits[split].shards) {
      const { values } = readShard(await read(shard.digest), columns, new Set([image, label]));
      pixels.push((values.get(image) as VectorValues).tensor.data as Uint8Array);
      labels.push(...(values.get(label) as CategoryValues).codes);
    }
    exported.set(split, { pixels: Buffer.concat(pixels), labels });
  }
  return {
    shape: type.kind === 'vector' ? type.shape : [],
    classes: readDictionary(await read(columns[label]!.dictionary!.digest)),
    splits: Object.fromEntries(exported) as ImageRows['splits'],
  };
}
