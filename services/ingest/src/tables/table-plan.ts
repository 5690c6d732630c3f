// What an import of a table takes and returns. Plain JSON: it is stored with the version, and crosses a process boundary.

import type { ResolvedComponent } from '@athanor/components';
import type { Column, ColumnRole, SplitName } from '@athanor/data';

export const COLUMN_CHOICES = ['number', 'integer', 'boolean', 'category', 'text', 'timestamp'] as const;
/** What a user may say that a column is. */
export type ColumnChoice = (typeof COLUMN_CHOICES)[number];

export const MISFIT_ACTIONS = ['error', 'null', 'quarantine'] as const;
/** What happens to a value that is not of its column's type. */
export type MisfitAction = (typeof MISFIT_ACTIONS)[number];

/** How files are read. What is undefined is sniffed. */
export interface TableReading {
  /** One character. */
  readonly delimiter?: string;
  readonly header?: boolean;
  /** Names instead of those of the header. */
  readonly columns?: readonly string[];
  /** Lines before the header that are not part of the table. */
  readonly skipLines: number;
  /** A label of the Encoding Standard, for example "latin1". */
  readonly encoding?: string;
  /** Missing in every column, besides the empty cell. */
  readonly nulls: readonly string[];
  readonly decimal: '.' | ',';
  readonly thousands?: string;
  /** By column: a text that is removed from its values, for example "." or "$". */
  readonly strip: Readonly<Record<string, string>>;
  /** Columns that are not read. */
  readonly ignore: readonly string[];
  readonly types: Readonly<Record<string, ColumnChoice>>;
  readonly onMisfit: MisfitAction;
}

export type Partition = 'train' | 'test';

export interface TableSource {
  /** Its name in the folder. */
  readonly file: string;
  /** Its name in messages. */
  readonly filename: string;
  readonly partition: Partition;
  /** In a plan: bytes of the whole source, of which `file` has the beginning if it is cut. */
  readonly sampled?: { readonly byteSize: number; readonly isCut: boolean };
}

export interface SplitFractions {
  readonly validationFraction: number;
  /** Of the rows of the train partition; 0 if there is a test partition. */
  readonly testFraction: number;
  readonly salt: string;
}

export interface TableLimits {
  /** Of DuckDB; Node.js needs about 300 MiB more. */
  readonly memoryMiB: number;
  readonly threads: number;
  readonly deadlineMs: number;
  /** Of all sources together. */
  readonly maxUnpackedBytes: number;
}

export interface TablePlan {
  readonly sources: readonly TableSource[];
  readonly reading: TableReading;
  readonly targets: readonly string[];
  readonly roles: Readonly<Record<string, ColumnRole>>;
  readonly checks: readonly ResolvedComponent[];
  readonly split: SplitFractions;
  /** Whether to import although a class vanishes, a split is empty, or more than 5 % of the rows are removed. */
  readonly acceptLoss: boolean;
  readonly limits: TableLimits;
  /** Only a plan: the import of the first rows, whose problems are collected instead of thrown. */
  readonly sample?: TableSample;
}

export interface TableSample {
  /** Of all sources together. */
  readonly rows: number;
  /** Of each source, unpacked. */
  readonly bytes: number;
}

/** A version's column, with the file of its dictionary. */
export interface TableColumn extends Column {
  readonly dictionaryFile?: string;
  readonly entries?: number;
}

/** Of one column over all rows of the version, in the terms of TensorFlow Data Validation. What is unknown is absent. */
export interface ColumnStatistics {
  readonly column: string;
  /** Rows that have a value. */
  readonly count: number;
  readonly missing: number;
  readonly unique?: { readonly count: number; readonly exact: boolean };
  readonly number?: NumberStatistics;
  readonly text?: TextStatistics;
  /** The most frequent values first. */
  readonly topValues?: readonly { readonly value: string; readonly rows: number }[];
  readonly targetsByValue?: TargetsByValue;
  /** Of a column of decoded images. */
  readonly images?: ImageStatistics;
}

/** What images were like before they were resized, and their channels afterwards. */
export interface ImageStatistics {
  /** "<width>x<height>", the most frequent first. */
  readonly sizes: readonly { readonly value: string; readonly rows: number }[];
  readonly differentSizes: number;
  readonly formats: readonly { readonly value: string; readonly rows: number }[];
  readonly channels: readonly ChannelStatistics[];
  readonly animated: number;
  readonly transparent: number;
  readonly oriented: number;
}

/** Over all pixels, in [0, 255]. */
export interface ChannelStatistics {
  readonly channel: string;
  readonly mean: number;
  /** Of the population. */
  readonly stdDev: number;
}

/** What the first targets are in groups of a column's values. */
export interface TargetsByValue {
  /** Training rows that the figures are of. */
  readonly rows: number;
  readonly groups: readonly ValueGroup[];
  readonly targets: readonly TargetByValue[];
}

export type ValueGroup = { readonly rows: number } & (
  | { readonly kind: 'range'; readonly low: number; readonly high: number }
  | { readonly kind: 'category'; readonly category: string }
  | { readonly kind: 'others'; readonly categories: number }
  | { readonly kind: 'missing' }
);

export interface TargetByValue {
  readonly target: string;
  /** Theil's U of classes, eta squared of a number; undefined if the target does not vary. */
  readonly dependence?: number;
  /** The most frequent classes; empty: the target is a number. */
  readonly classes: readonly string[];
  /** Number of the other classes, which are counted together. */
  readonly otherClasses: number;
  /** In the order of the groups of values. */
  readonly groups: readonly TargetInGroup[];
}

/** Over the rows that have the target. */
export interface TargetInGroup {
  readonly classRows?: readonly number[];
  /** Of a number; undefined without such rows. */
  readonly number?: { readonly mean: number; readonly q25: number; readonly median: number; readonly q75: number };
}

/** Timestamps are in microseconds since 1970 UTC. */
export interface NumberStatistics {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Of the population. */
  readonly stdDev: number;
  readonly zeros: number;
  /** Interpolated linearly; of a systematic sample if not exact. */
  readonly quantiles: { readonly exact: boolean; readonly values: readonly { p: number; value: number }[] };
  readonly histogram: readonly { readonly low: number; readonly high: number; readonly rows: number }[];
}

/** Lengths in characters (code points). */
export interface TextStatistics {
  readonly minLength: number;
  readonly maxLength: number;
  readonly meanLength: number;
}

export type FindingAction = 'report' | 'drop' | 'quarantine';

/** What one check found in one column, or in the table. */
export interface FindingSummary {
  readonly check: string;
  readonly action: FindingAction;
  /** Flawed rows; 0 if the finding is about a column. */
  readonly rows: number;
  /** Rows that are removed because of this check. A row with several flaws is removed by the first. */
  readonly removed: number;
  readonly firstRowIds: readonly string[];
  readonly column?: string;
  readonly detail: string;
}

/** The options of reading as applied to one source. */
export interface AppliedReading {
  readonly filename: string;
  readonly format: 'csv' | 'json' | 'parquet' | 'arrow';
  readonly compression: 'none' | 'gzip' | 'zstd';
  readonly delimiter?: string;
  readonly header?: boolean;
  readonly skipLines?: number;
  readonly encoding?: string;
}

export interface TableResult {
  readonly columns: readonly TableColumn[];
  readonly statistics: readonly ColumnStatistics[];
  readonly rowsRead: number;
  readonly findings: readonly FindingSummary[];
  /** JSON Lines with every flawed row. */
  readonly findingsFile: string;
  /** JSON Lines with the values of the quarantined rows and the reasons; absent if there are none. */
  readonly quarantineFile?: string;
  readonly splits: readonly {
    readonly split: SplitName;
    readonly rows: number;
    readonly shards: readonly { readonly file: string; readonly rows: number }[];
    /** Of the only target, if it is a category: rows by the code of their class. */
    readonly classRows?: readonly number[];
  }[];
  readonly reading: readonly AppliedReading[];
  /** By column: why it has its type. */
  readonly evidence: readonly string[];
  /** Of a plan. */
  readonly sampled?: SampledTable;
}

export interface SampledTable {
  /** Whether the sample has every row. */
  readonly isComplete: boolean;
  /** Rows of all sources, by their size; undefined if that is unknown. */
  readonly estimatedRows: number | undefined;
  /** Messages of the errors that would end the import. */
  readonly problems: readonly string[];
}
