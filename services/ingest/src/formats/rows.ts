import type { VectorType } from '@athanor/data';

/** The images of one partition as read, before cleaning. */
export interface RowTable {
  readonly partition: string;
  readonly type: VectorType;
  /** Row-major: rows × bytesPerRow. */
  readonly data: Uint8Array;
  readonly bytesPerRow: number;
  readonly rows: number;
  /** The class name of each row; undefined without labels. */
  readonly labels: readonly string[] | undefined;
}

export function rowBytes(table: RowTable, row: number): Uint8Array {
  return table.data.subarray(row * table.bytesPerRow, (row + 1) * table.bytesPerRow);
}

/** Input that cannot be read. The message says what was expected, what was received and what to do. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}
