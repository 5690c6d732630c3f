import type { DatasetVersion } from '@athanor/contracts/ingest';
import type { Column, ColumnRole, ColumnType } from '@athanor/data';

/** A column with what the choice of tasks and transforms depends on. */
export interface ColumnFacts extends Column {
  /** Distinct values; undefined if unknown. */
  readonly unique: number | undefined;
}

export interface DatasetFacts {
  /** For messages, for example "adult v2". */
  readonly name: string;
  readonly columns: readonly ColumnFacts[];
  readonly trainRows: number;
  readonly validationRows: number;
}

export function datasetFacts(version: DatasetVersion): DatasetFacts {
  const rowsOf = (name: string) => version.splits.find(({ split }) => split === name)?.rows ?? 0;
  return {
    name: `${version.datasetId} v${version.version}`,
    columns: version.columns.map(({ column, statistics }) => ({
      name: column?.name ?? '',
      type: toColumnType(column?.type),
      role: (column?.role ?? 'ignored') as ColumnRole,
      nullable: column?.nullable ?? true,
      unique: statistics?.unique,
    })),
    trainRows: rowsOf('train'),
    validationRows: rowsOf('validation'),
  };
}

type TypeMessage = NonNullable<NonNullable<DatasetVersion['columns'][number]['column']>['type']>;

export function toColumnType(message: TypeMessage | null | undefined): ColumnType {
  const { kind = 'text', datatype = '', shape = [] } = message ?? {};
  if (kind === 'number') return { kind, dtype: datatype as 'FP64' };
  if (kind === 'vector') return { kind, dtype: datatype as 'UINT8', shape };
  return { kind: kind as 'category' };
}
