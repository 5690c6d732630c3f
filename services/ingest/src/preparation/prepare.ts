import type { BlobStore } from '@athanor/blobs';
import { canonicalJson, type DatasetManifest, type ManifestShard, SPLITS, type SplitName } from '@athanor/contracts';
import {
  type CleaningRules,
  type CleanResult,
  cleanTable,
  FINDING_KINDS,
  type Finding,
  type FindingKind,
} from '../cleaning/clean.js';
import { READERS, type SourceBytes } from '../formats/read-tables.js';
import { FormatError, type RowTable } from '../formats/rows.js';
import { type SplitRule, splitOf } from '../splitting/split.js';
import { type SplitStatistics, splitStatistics } from '../statistics/statistics.js';
import { compareClasses } from './class-order.js';
import { gatherShard, type RowPlace, shardRanges } from './shards.js';

/** Everything that a version is made from. */
export interface PreparationPlan {
  readonly format: keyof typeof READERS;
  readonly labelColumn: string;
  readonly cleaning: CleaningRules;
  readonly split: { readonly validationFraction: number; readonly testFraction: number; readonly salt: string };
  readonly sources: readonly (Omit<SourceBytes, 'bytes'> & { readonly digest: string; readonly byteSize: number })[];
  /** Unpacked size. */
  readonly maxSourceBytes: number;
}

/** The content of a version. Its digest is the manifest's. */
export interface PreparedVersion {
  readonly digest: string;
  readonly features: DatasetManifest['features'];
  readonly classes: readonly string[];
  readonly rowsRead: number;
  readonly findings: readonly { kind: FindingKind; rows: number; removed: number; firstRowIds: string[] }[];
  readonly findingsDigest: string;
  readonly splits: readonly (SplitStatistics & { split: SplitName })[];
}

export type OnPhase = (phase: string, completed: number, total: number) => void;

const FIRST_ROW_IDS = 20;
/** All class names are in one message of at most 4 MiB. */
const MAX_CLASSES = 50_000;
const MAX_CLASS_NAME_BYTES = 1024 * 1024;

/**
 * From stored sources to a stored version: read, clean, split, describe, write. The same plan gives the same digest.
 */
export async function prepareVersion(
  plan: PreparationPlan,
  blobs: BlobStore,
  onPhase: OnPhase,
): Promise<PreparedVersion> {
  const sources: SourceBytes[] = [];
  for (const [index, source] of plan.sources.entries()) {
    onPhase('READING', index, plan.sources.length);
    sources.push({ ...source, bytes: await blobs.read(source.digest) });
  }
  const tables = READERS[plan.format](sources, { labelColumn: plan.labelColumn, maxBytes: plan.maxSourceBytes });
  const cleaned = tables.map((table, index) => {
    onPhase('CLEANING', index, tables.length);
    return cleanTable(table, plan.cleaning);
  });
  const classes = classNames(tables, cleaned);
  const places = placeRows(tables, cleaned, plan.split);
  if (SPLITS.every(split => places[split].length === 0)) throw new FormatError(noRowsLeft(cleaned));
  const { manifestSplits, statistics } = await writeSplits({ tables, places, classes, blobs, onPhase });
  const findings = cleaned.flatMap(each => each.findings);
  const manifest = toManifest(plan, tables, classes, manifestSplits);
  const { digest } = await blobs.put(Buffer.from(canonicalJson(manifest)));
  const stored = await blobs.put(Buffer.from(findings.map(each => `${JSON.stringify(each)}\n`).join('')));
  return {
    digest,
    features: manifest.features,
    classes,
    rowsRead: tables.reduce((sum, { rows }) => sum + rows, 0),
    findings: FINDING_KINDS.map(kind => countFindings(kind, findings)),
    findingsDigest: stored.digest,
    splits: statistics,
  };
}

/** Names of all classes that occur in a kept row. */
function classNames(tables: readonly RowTable[], cleaned: readonly CleanResult[]): string[] {
  const names = new Set<string>();
  for (const [index, { labels }] of tables.entries()) {
    if (labels !== undefined) for (const row of cleaned[index]?.kept ?? []) names.add(labels[row] ?? '');
  }
  const classes = [...names].sort(compareClasses);
  const nameBytes = classes.reduce((sum, name) => sum + Buffer.byteLength(name), 0);
  if (classes.length > MAX_CLASSES || nameBytes > MAX_CLASS_NAME_BYTES)
    throw new FormatError(tooManyClasses(classes, nameBytes));
  return classes;
}

function tooManyClasses({ length }: readonly string[], nameBytes: number): string {
  const expected = `expected at most ${MAX_CLASSES} classes with ${MAX_CLASS_NAME_BYTES} bytes of names`;
  return `${expected}, the labels have ${length} different values with ${nameBytes} bytes; a label column of numbers to predict or of ids cannot be classified: choose another one`;
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

interface SplitWork {
  readonly tables: readonly RowTable[];
  readonly places: Places;
  readonly classes: readonly string[];
  readonly blobs: BlobStore;
  readonly onPhase: OnPhase;
}

async function writeSplits({ tables, places, classes, blobs, onPhase }: SplitWork) {
  const total = SPLITS.reduce((sum, split) => sum + places[split].length, 0);
  const manifestSplits = {} as Record<SplitName, { rows: number; shards: ManifestShard[] }>;
  const statistics: (SplitStatistics & { split: SplitName })[] = [];
  let written = 0;
  for (const split of SPLITS) {
    const shards: ManifestShard[] = [];
    const classIndex = new Map(classes.map((name, index) => [name, index]));
    const rows = places[split];
    for (const range of shardRanges(rows.length, tables[0]?.bytesPerRow ?? 1)) {
      onPhase('WRITING', written, total);
      const { digest, byteSize } = await blobs.put(
        gatherShard(tables, rows.slice(range.begin, range.end), classIndex).bytes,
      );
      shards.push({ digest, byteSize, rows: range.end - range.begin });
      written += range.end - range.begin;
    }
    const whole = gatherShard(tables, rows, classIndex);
    statistics.push({
      split,
      ...splitStatistics(whole.values, whole.labels, { rows: rows.length, classes: classes.length }),
    });
    manifestSplits[split] = { rows: rows.length, shards };
  }
  return { manifestSplits, statistics };
}

function toManifest(
  plan: PreparationPlan,
  tables: readonly RowTable[],
  classes: readonly string[],
  splits: DatasetManifest['splits'],
): DatasetManifest {
  const [first] = tables;
  if (first === undefined) throw new FormatError('expected at least one features file, got none');
  return {
    formatVersion: 1,
    features: [first.feature],
    classes,
    partitions: tables.map(({ partition }) => partition),
    splits,
    recipe: { format: plan.format, labelColumn: plan.labelColumn, cleaning: plan.cleaning, split: plan.split },
    sources: plan.sources.map(({ role, partition, digest, byteSize }) => ({ role, partition, digest, byteSize })),
  };
}

function countFindings(kind: FindingKind, findings: readonly Finding[]) {
  const own = findings.filter(each => each.kind === kind);
  const firstRowIds = own.slice(0, FIRST_ROW_IDS).map(each => each.rowId);
  return { kind, rows: own.length, removed: own.filter(each => each.removed).length, firstRowIds };
}

function noRowsLeft(cleaned: readonly CleanResult[]): string {
  const counts = FINDING_KINDS.map(
    kind =>
      `${kind.replace('FINDING_KIND_', '').toLowerCase()} ${cleaned.flatMap(each => each.findings).filter(each => each.kind === kind).length}`,
  );
  return `expected rows to be left after cleaning, got none (${counts.join(', ')}); keep some of these findings, or repair the data`;
}
