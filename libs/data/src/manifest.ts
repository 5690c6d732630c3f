/*
 * The content of a dataset version: ingest writes it, training reads it, and its digest is the version's. Rows are
 * stored raw and typed, by column, in shards (shard.ts); how they are encoded is a matter of each model.
 */

import type { Column } from './column.js';

export const SPLITS = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof SPLITS)[number];

export interface ManifestShard {
  readonly digest: string;
  readonly rows: number;
  readonly byteSize: number;
}

/** The values of a category column in the order of their codes: a file of its own, since there may be millions. */
export interface ManifestDictionary {
  readonly digest: string;
  readonly entries: number;
}

export interface ManifestColumn extends Column {
  /** Of a category column. */
  readonly dictionary?: ManifestDictionary;
}

export interface DatasetManifest {
  readonly formatVersion: 2;
  /** In the order of the source; column i is c<i> in the shards. */
  readonly columns: readonly ManifestColumn[];
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

export class UnsupportedFormat extends Error {
  override readonly name = 'UnsupportedFormat';
}

/** Throws UnsupportedFormat for a manifest of another format. */
export function parseDatasetManifest(bytes: Uint8Array): DatasetManifest {
  const manifest = JSON.parse(Buffer.from(bytes).toString('utf8')) as DatasetManifest;
  if (manifest.formatVersion === 2) return manifest;
  throw new UnsupportedFormat(
    `the dataset version has format ${String(manifest.formatVersion)}, expected format 2 (named and typed columns); import its source again`,
  );
}

/** Digests of all blobs that a manifest names. */
export function blobDigests({ columns, splits }: DatasetManifest): Set<string> {
  const shards = SPLITS.flatMap(split => splits[split].shards.map(({ digest }) => digest));
  return new Set([...shards, ...columns.flatMap(({ dictionary }) => dictionary?.digest ?? [])]);
}
