import type { ResolvedComponent } from '@athanor/components';
import type { Column, ColumnRole, SplitName } from '@athanor/data';
import type { ImageReading } from '../images/image-plan.js';
import type { ColumnStatistics, FindingSummary, SplitFractions, TableReading } from '../tables/table-plan.js';

export interface PlannedSource {
  readonly filename: string;
  readonly role: 'ROLE_FEATURES' | 'ROLE_LABELS';
  readonly partition: 'train' | 'test';
  readonly digest: string;
  readonly byteSize: number;
}

/** Everything that a version is made from. */
export interface PreparationPlan {
  readonly format:
    | 'FORMAT_UNSPECIFIED'
    | 'FORMAT_IDX'
    | 'FORMAT_CSV'
    | 'FORMAT_JSON'
    | 'FORMAT_PARQUET'
    | 'FORMAT_ARROW'
    | 'FORMAT_IMAGES';
  readonly reading: TableReading;
  /** Absent in plans from before there were archives of images. */
  readonly images?: ImageReading;
  readonly targets: readonly string[];
  readonly roles: Readonly<Record<string, ColumnRole>>;
  /** Those that were asked for, resolved; the others have the defaults of the format. */
  readonly checks: readonly ResolvedComponent[];
  readonly split: SplitFractions;
  readonly acceptLoss: boolean;
  readonly sources: readonly PlannedSource[];
  /** Unpacked size of all sources. */
  readonly maxSourceBytes: number;
}

/** The content of a version. Its digest is the manifest's. */
export interface PreparedVersion {
  readonly digest: string;
  readonly columns: readonly (Column & { readonly statistics: ColumnStatistics })[];
  /** Values of the only target, if it is a category with few values. */
  readonly classes: readonly string[];
  readonly rowsRead: number;
  readonly findings: readonly FindingSummary[];
  readonly findingsDigest: string;
  readonly quarantineDigest?: string;
  readonly splits: readonly {
    readonly split: SplitName;
    readonly rows: number;
    readonly classRows: readonly number[];
  }[];
}

export type OnPhase = (phase: string, completed: number, total: number) => void;
