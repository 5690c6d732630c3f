/*
 * The content of a dataset version: ingest writes it, training reads it, and its digest is the version's. Shards are
 * safetensors files; each holds, for its n rows, a tensor for every feature ([n, …shape]), "label" INT32 [n] (the index
 * into classes; absent without labels), and "ordinal" UINT32 [n] with "partition" UINT8 [n]: together the row ids.
 */

export const SPLITS = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof SPLITS)[number];

export interface ManifestShard {
  readonly digest: string;
  readonly rows: number;
  readonly byteSize: number;
}

export interface ManifestFeature {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  /** CSV: the columns that were combined, in order. */
  readonly columns: readonly string[];
}

export interface DatasetManifest {
  readonly formatVersion: 1;
  /** OIP datatypes; shapes without the row dimension. */
  readonly features: readonly ManifestFeature[];
  readonly classes: readonly string[];
  /** A row's id is "<partition>/<ordinal in its source, from 0>". */
  readonly partitions: readonly string[];
  readonly splits: Readonly<Record<SplitName, { readonly rows: number; readonly shards: readonly ManifestShard[] }>>;
  /** The recipe as applied, with defaults filled in. */
  readonly recipe: object;
  readonly sources: readonly {
    readonly role: string;
    readonly partition: string;
    readonly digest: string;
    readonly byteSize: number;
  }[];
}

/** Names of the tensors besides the features. */
export const SHARD_TENSORS = { label: 'label', ordinal: 'ordinal', partition: 'partition' } as const;

export function parseDatasetManifest(bytes: Uint8Array): DatasetManifest {
  const manifest = JSON.parse(Buffer.from(bytes).toString('utf8')) as DatasetManifest;
  if (manifest.formatVersion !== 1) {
    throw new Error(`the dataset manifest has format ${String(manifest.formatVersion)}; expected format 1`);
  }
  return manifest;
}
