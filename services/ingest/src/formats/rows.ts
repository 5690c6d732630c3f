import type { ManifestFeature } from '@athanor/contracts';

/** A missing or non-numeric value, found while reading. */
export interface MissingValue {
  /** Row index within this table. */
  readonly row: number;
  readonly detail: string;
}

/** The rows of one partition as read, before cleaning. */
export interface RowTable {
  readonly partition: string;
  readonly feature: ManifestFeature;
  /** Row-major, little-endian: rows × bytesPerRow. */
  readonly data: Uint8Array;
  readonly bytesPerRow: number;
  readonly rows: number;
  /** The class name of each row; undefined for a table without labels. */
  readonly labels: readonly string[] | undefined;
  readonly missing: readonly MissingValue[];
}

export function rowBytes(table: RowTable, row: number): Uint8Array {
  return table.data.subarray(row * table.bytesPerRow, (row + 1) * table.bytesPerRow);
}

/** Features as numbers: bytes for UINT8, else 32-bit floats. */
export function featureValues(table: RowTable): Uint8Array | Float32Array {
  if (table.feature.datatype === 'UINT8') return table.data;
  return new Float32Array(
    table.data.buffer,
    table.data.byteOffset,
    table.data.byteLength / Float32Array.BYTES_PER_ELEMENT,
  );
}

/** Input that cannot be read. The message says what was expected, what was received and what to do. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}
