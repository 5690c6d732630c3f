// The files that an import has left in its folder become blobs, with a manifest that names them.

import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { BlobStore } from '@athanor/blobs';
import { canonicalJson } from '@athanor/contracts';
import {
  type DatasetManifest,
  type ManifestColumn,
  type ManifestShard,
  readDictionary,
  SPLITS,
  type SplitName,
} from '@athanor/data';
import type { TableResult } from '../tables/table-plan.js';
import type { OnPhase, PreparationPlan, PreparedVersion } from './prepared-version.js';

const READ_BYTES = 1024 * 1024;

export interface FinishedImport {
  readonly plan: PreparationPlan;
  /** What decides the content besides the sources. */
  readonly recipe: object;
  /** Of the row ids. */
  readonly partitions: readonly string[];
  readonly result: Omit<TableResult, 'reading' | 'evidence' | 'sampled'>;
  readonly folder: string;
}

export async function storeResult(
  { plan, recipe, partitions, result, folder }: FinishedImport,
  { blobs, onPhase }: { readonly blobs: BlobStore; readonly onPhase: OnPhase },
): Promise<PreparedVersion> {
  const store = (file: string) => blobs.put(createReadStream(join(folder, file), { highWaterMark: READ_BYTES }));
  const total = result.splits.reduce((sum, { shards }) => sum + shards.length, 0);
  let stored = 0;
  const splits = {} as Record<SplitName, { rows: number; shards: ManifestShard[] }>;
  for (const { split, rows, shards } of result.splits) {
    splits[split] = { rows, shards: [] };
    for (const shard of shards) {
      onPhase('STORING', stored++, total);
      splits[split].shards.push({ ...(await store(shard.file)), rows: shard.rows });
    }
  }
  for (const split of SPLITS) splits[split] ??= { rows: 0, shards: [] };
  const columns: ManifestColumn[] = [];
  for (const { dictionaryFile, entries = 0, ...column } of result.columns) {
    const dictionary = dictionaryFile === undefined ? undefined : (await store(dictionaryFile)).digest;
    columns.push({ ...column, ...(dictionary !== undefined && { dictionary: { digest: dictionary, entries } }) });
  }
  const manifest: DatasetManifest = {
    formatVersion: 2,
    columns,
    partitions,
    splits,
    recipe,
    sources: plan.sources.map(({ role, partition, digest, byteSize }) => ({ role, partition, digest, byteSize })),
  };
  const { digest } = await blobs.put(Buffer.from(canonicalJson(manifest)));
  const quarantine = result.quarantineFile && (await store(result.quarantineFile)).digest;
  const classRowsOf = (split: SplitName) => result.splits.find(each => each.split === split)?.classRows ?? [];
  return {
    digest,
    columns: columns.map(({ dictionary: _, ...column }, index) => ({
      ...column,
      statistics: result.statistics[index]!,
    })),
    classes: await targetClasses(manifest, result, blobs),
    rowsRead: result.rowsRead,
    findings: result.findings,
    findingsDigest: (await store(result.findingsFile)).digest,
    ...(quarantine && { quarantineDigest: quarantine }),
    splits: SPLITS.map(split => ({ split, rows: splits[split].rows, classRows: classRowsOf(split) })),
  };
}

/** Classes of the only target, if it is a category whose values fit into a message. */
async function targetClasses(
  { columns }: DatasetManifest,
  { splits }: Pick<TableResult, 'splits'>,
  blobs: BlobStore,
): Promise<string[]> {
  if (splits.every(({ classRows }) => classRows === undefined)) return [];
  const target = columns.find(({ role }) => role === 'target');
  return [...readDictionary(await blobs.read(target!.dictionary!.digest))];
}
