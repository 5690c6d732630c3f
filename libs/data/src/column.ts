// Named and typed columns: what a dataset version consists of, and what a served model takes.

import type { NumericDType } from '@athanor/tensor';

/** Missing is NaN in FP64; INT64 and BOOL columns have no missing values. */
export type NumberType = { readonly kind: 'number'; readonly dtype: 'FP64' | 'INT64' | 'BOOL' };
/** One of a set of texts; missing is the empty text. */
export type CategoryType = { readonly kind: 'category' };
/** UTF-8; missing is the empty text. */
export type TextType = { readonly kind: 'text' };
/** Microseconds since 1970 UTC; missing is the smallest INT64. */
export type TimestampType = { readonly kind: 'timestamp' };
/** A tensor per row, for example an image's pixels; never missing. */
export type VectorType = { readonly kind: 'vector'; readonly dtype: NumericDType; readonly shape: readonly number[] };

export type ColumnType = NumberType | CategoryType | TextType | TimestampType | VectorType;
export type ColumnKind = ColumnType['kind'];

export const COLUMN_ROLES = ['input', 'target', 'weight', 'group', 'time', 'id', 'ignored'] as const;
/** What a column is for, unless a job says otherwise. */
export type ColumnRole = (typeof COLUMN_ROLES)[number];

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly role: ColumnRole;
  /** Whether a value may be missing. */
  readonly nullable: boolean;
}

/** A missing timestamp. */
export const MISSING_TIMESTAMP = -(2n ** 63n);
/** The code of a missing category. */
export const MISSING_CODE = -1;

/** The type as people write it: "FP64", "category", "UINT8 [28, 28]". */
export function describeType(type: ColumnType): string {
  if (type.kind === 'number') return type.dtype;
  return type.kind === 'vector' ? `${type.dtype} [${type.shape.join(', ')}]` : type.kind;
}
