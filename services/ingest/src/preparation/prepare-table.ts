// From stored sources to a stored version by way of a child process: the sources are copied into a folder of its own,
// which is all that it can read, and what it leaves there is stored.

import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BlobStore } from '@athanor/blobs';
import { parseComponent, type ResolvedComponent } from '@athanor/components';
import { canonicalJson } from '@athanor/contracts';
import {
  type CategoryValues,
  type DatasetManifest,
  type ManifestColumn,
  type ManifestShard,
  readDictionary,
  readShard,
  SPLITS,
  type SplitName,
} from '@athanor/data';
import { CHECK_FAMILY } from '../checks/checks.js';
import { runTable } from '../tables/run-table.js';
import type { TableLimits, TablePlan, TableResult } from '../tables/table-plan.js';
import { fitInMessage, type OnPhase, type PreparationPlan, type PreparedVersion } from './prepared-version.js';

export interface PrepareTableOptions {
  readonly blobs: BlobStore;
  readonly onPhase: OnPhase;
  readonly signal: AbortSignal;
  readonly limits: Omit<TableLimits, 'maxUnpackedBytes'>;
}

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

async function stageSources(
  plan: PreparationPlan,
  folder: string,
  { blobs, onPhase, signal, limits }: PrepareTableOptions,
): Promise<TablePlan> {
  const sources: TablePlan['sources'][number][] = [];
  for (const [index, { digest, filename, partition }] of plan.sources.entries()) {
    onPhase('COPYING', index, plan.sources.length);
    const file = `source-${index}`;
    await pipeline(Readable.from(blobs.get(digest, { signal })), createWriteStream(join(folder, file)), { signal });
    sources.push({ file, filename, partition });
  }
  const hasTest = plan.sources.some(({ partition }) => partition === 'test');
  return {
    sources,
    reading: plan.reading,
    targets: plan.targets,
    roles: plan.roles,
    checks: allChecks(plan.checks),
    split: { ...plan.split, testFraction: hasTest ? 0 : plan.split.testFraction },
    acceptLoss: plan.acceptLoss,
    limits: { ...limits, maxUnpackedBytes: plan.maxSourceBytes },
  };
}

/** Every check, those that were asked for with their parameters. */
function allChecks(requested: readonly ResolvedComponent[]): ResolvedComponent[] {
  return Object.keys(CHECK_FAMILY.kinds).map(kind => {
    const given = requested.find(each => each.kind === kind);
    if (given !== undefined) return given;
    const parsed = parseComponent(CHECK_FAMILY, { kind, parameters: {}, version: 0 });
    if (!parsed.ok) throw new Error(`the check '${kind}' has parameters without defaults`);
    return parsed.component;
  });
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
  const store = (file: string) => blobs.put(createReadStream(join(folder, file)));
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
  const classes = await targetClasses(manifest, blobs);
  return {
    digest,
    columns: columns.map(({ dictionary: _, ...column }, index) => ({
      ...column,
      statistics: result.statistics[index]!,
    })),
    classes: classes.names,
    rowsRead: result.rowsRead,
    findings: result.findings,
    findingsDigest: (await store(result.findingsFile)).digest,
    ...(quarantine && { quarantineDigest: quarantine }),
    splits: SPLITS.map(split => ({ split, rows: splits[split].rows, classRows: classes.rows[split] })),
  };
}

/** What decides the content besides the sources. */
function recipeOf({ reading, targets, roles, acceptLoss }: PreparationPlan, { checks, split }: TablePlan): object {
  return { options: reading, targets, roles, checks, split, acceptLoss };
}

/** Classes of the only target and their rows by split, if it is a category whose values fit into a message. */
async function targetClasses({ columns, splits }: DatasetManifest, blobs: BlobStore) {
  const none = { names: [] as string[], rows: { train: [], validation: [], test: [] } as Record<SplitName, number[]> };
  const targets = columns.flatMap((column, index) => (column.role === 'target' ? [{ column, index }] : []));
  const [target] = targets;
  if (target?.column.dictionary === undefined || targets.length > 1) return none;
  const names = readDictionary(await blobs.read(target.column.dictionary.digest));
  if (!fitInMessage(names)) return none;
  const rows = {} as Record<SplitName, number[]>;
  for (const split of SPLITS) {
    const counts = new Array<number>(names.length).fill(0);
    for (const { digest } of splits[split].shards) {
      const { values } = readShard(await blobs.read(digest), columns, new Set([target.index]));
      for (const code of (values.get(target.index) as CategoryValues).codes) if (code >= 0) counts[code]!++;
    }
    rows[split] = counts;
  }
  return { names, rows };
}
