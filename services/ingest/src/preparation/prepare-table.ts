// From stored sources to a stored version by way of a child process: the sources are copied into a folder of its own,
// which is all that it can read, and what it leaves there is stored.

import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
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
import { runTable } from '../tables/run-table.js';
import type { TablePlan, TableResult } from '../tables/table-plan.js';
import type { PreparationPlan, PreparedVersion } from './prepared-version.js';
import { type StageOptions, stageSources } from './stage-sources.js';

const READ_BYTES = 1024 * 1024;

export type PrepareTableOptions = Omit<StageOptions, 'sample'>;

/** Throws FormatError if the table is at fault. */
export async function prepareTable(plan: PreparationPlan, options: PrepareTableOptions): Promise<PreparedVersion> {
  const folder = await mkdtemp(join(tmpdir(), 'athanor-import-'));
  try {
    const table = await stageSources(plan, folder, options);
    const { signal, onPhase } = options;
    const result = await runTable(table, folder, { signal, onPhase });
    return await storeResult({ plan, table, result, folder }, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Finished {
  readonly plan: PreparationPlan;
  readonly table: TablePlan;
  readonly result: TableResult;
  readonly folder: string;
}

async function storeResult(
  { plan, table, result, folder }: Finished,
  { blobs, onPhase }: PrepareTableOptions,
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
    partitions: [...new Set(plan.sources.map(({ partition }) => partition))],
    splits,
    recipe: { reading: result.reading, ...recipeOf(plan, table) },
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

/** What decides the content besides the sources. */
function recipeOf({ reading, targets, roles, acceptLoss }: PreparationPlan, { checks, split }: TablePlan): object {
  return { options: reading, targets, roles, checks, split, acceptLoss };
}

/** Classes of the only target, if it is a category whose values fit into a message. */
async function targetClasses(
  { columns }: DatasetManifest,
  { splits }: TableResult,
  blobs: BlobStore,
): Promise<string[]> {
  if (splits.every(({ classRows }) => classRows === undefined)) return [];
  const target = columns.find(({ role }) => role === 'target');
  return [...readDictionary(await blobs.read(target!.dictionary!.digest))];
}
