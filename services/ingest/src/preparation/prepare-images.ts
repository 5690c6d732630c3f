import type { BlobStore } from '@athanor/blobs';
import { canonicalJson } from '@athanor/contracts';
import {
  type Column,
  compareCategories,
  type DatasetManifest,
  SPLITS,
  type SplitName,
  writeDictionary,
} from '@athanor/data';
import { type CleanResult, cleanTable, type ImageFinding } from '../cleaning/clean.js';
import { IMAGE_CHECKS, type ImageChecks, imageChecks } from '../cleaning/image-checks.js';
import { readIdxTables, type SourceBytes } from '../formats/read-idx-tables.js';
import { FormatError, type RowTable } from '../formats/rows.js';
import { type SplitRule, splitOf } from '../splitting/split.js';
import { byteStatistics, categoryStatistics } from '../statistics/column-statistics.js';
import type { FindingSummary } from '../tables/table-plan.js';
import { type ImageShards, type RowPlace, writeImageShards } from './image-shards.js';
import type { OnPhase, PreparationPlan, PreparedVersion } from './prepared-version.js';

const IMAGE = 'image';
const LABEL = 'label';
const FIRST_ROW_IDS = 20;

/** From stored IDX files to a stored version: read, check, split, write. The same plan gives the same digest. */
export async function prepareImages(
  plan: PreparationPlan,
  blobs: BlobStore,
  onPhase: OnPhase,
): Promise<PreparedVersion> {
  const sources: SourceBytes[] = [];
  for (const [index, source] of plan.sources.entries()) {
    onPhase('READING', index, plan.sources.length);
    sources.push({ ...source, bytes: await blobs.read(source.digest) });
  }
  const tables = readIdxTables(sources, plan.maxSourceBytes);
  const checks = imageChecks(plan.checks);
  const cleaned = tables.map((table, index) => {
    onPhase('CHECKING', index, tables.length);
    return cleanTable(table, checks);
  });
  const places = placeRows(tables, cleaned, plan.split);
  if (SPLITS.every(split => places[split].length === 0)) throw new FormatError(noRowsLeft(cleaned));
  const categories = classNames(tables, cleaned);
  const written = await writeImageShards({ tables, places, categories, blobs, onPhase });
  const manifest = await toManifest({ plan, tables, checks, categories, written, blobs });
  const { digest } = await blobs.put(Buffer.from(canonicalJson(manifest)));
  const findings = cleaned.flatMap(each => each.findings);
  const stored = await blobs.put(Buffer.from(findings.map(each => `${JSON.stringify(each)}\n`).join('')));
  return {
    digest,
    columns: withStatistics(manifest.columns, written, categories),
    classes: categories,
    rowsRead: tables.reduce((sum, { rows }) => sum + rows, 0),
    findings: IMAGE_CHECKS.map(check => summarize(check, checks, findings)),
    findingsDigest: stored.digest,
    splits: SPLITS.map(split => ({ split, rows: places[split].length, classRows: written.classRows[split] })),
  };
}

/** Names of all classes that occur in a kept row. */
function classNames(tables: readonly RowTable[], cleaned: readonly CleanResult[]): string[] {
  const names = new Set<string>();
  for (const [index, { labels }] of tables.entries()) {
    if (labels !== undefined) for (const row of cleaned[index]?.kept ?? []) names.add(labels[row] ?? '');
  }
  return [...names].sort(compareCategories);
}

type Places = Record<SplitName, RowPlace[]>;

/** The rows of a given test partition are the test split; all others are split by hash. */
function placeRows(
  tables: readonly RowTable[],
  cleaned: readonly CleanResult[],
  split: PreparationPlan['split'],
): Places {
  const places: Places = { train: [], validation: [], test: [] };
  const hasTest = tables.some(({ partition }) => partition === 'test');
  const rule: SplitRule = { ...split, testFraction: hasTest ? 0 : split.testFraction };
  for (const [table, { kept, hashes }] of cleaned.entries()) {
    const given = tables[table]?.partition === 'test';
    for (const row of kept) places[given ? 'test' : splitOf(hashes[row] ?? '', rule)].push({ table, row });
  }
  return places;
}

interface ManifestParts {
  readonly plan: PreparationPlan;
  readonly tables: readonly RowTable[];
  readonly checks: ImageChecks;
  readonly categories: readonly string[];
  readonly written: ImageShards;
  readonly blobs: BlobStore;
}

async function toManifest({
  plan,
  tables,
  checks,
  categories,
  written,
  blobs,
}: ManifestParts): Promise<DatasetManifest> {
  const { type, labels } = tables[0]!;
  const image: Column = { name: IMAGE, type, role: 'input', nullable: false };
  const label: Column = { name: LABEL, type: { kind: 'category' }, role: 'target', nullable: false };
  const dictionary = async () => {
    const { digest } = await blobs.put(writeDictionary(categories));
    return { digest, entries: categories.length };
  };
  return {
    formatVersion: 2,
    columns: labels === undefined ? [image] : [image, { ...label, dictionary: await dictionary() }],
    partitions: tables.map(({ partition }) => partition),
    splits: written.splits,
    recipe: { format: 'FORMAT_IDX', checks, split: plan.split },
    sources: plan.sources.map(({ role, partition, digest, byteSize }) => ({ role, partition, digest, byteSize })),
  };
}

function withStatistics(
  columns: DatasetManifest['columns'],
  { classRows, pixels, rows }: ImageShards,
  categories: readonly string[],
): PreparedVersion['columns'] {
  const rowsOf = new Map(
    categories.map((name, index) => [name, SPLITS.reduce((sum, split) => sum + classRows[split][index]!, 0)]),
  );
  return columns.map(({ dictionary: _, ...column }) => ({
    ...column,
    statistics: column.name === LABEL ? categoryStatistics(LABEL, rowsOf) : byteStatistics(column.name, rows, pixels),
  }));
}

function summarize(
  check: ImageFinding['check'],
  checks: ImageChecks,
  findings: readonly ImageFinding[],
): FindingSummary {
  const own = findings.filter(each => each.check === check);
  return {
    check,
    action: checks[check],
    rows: own.length,
    removed: own.filter(each => each.removed).length,
    firstRowIds: own.slice(0, FIRST_ROW_IDS).map(each => each.rowId),
    detail: own[0]?.detail ?? '',
  };
}

function noRowsLeft(cleaned: readonly CleanResult[]): string {
  const all = cleaned.flatMap(each => each.findings);
  const counts = IMAGE_CHECKS.map(check => `${check} ${all.filter(each => each.check === check).length}`);
  return `expected rows to be left after the checks, got none (${counts.join(', ')}); keep some of these with --check <check>=report, or repair the data`;
}
