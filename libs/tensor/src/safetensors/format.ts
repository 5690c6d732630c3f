// The safetensors layout: u64 little-endian header length, JSON header, then the tensors' bytes without gaps. Source:
// https://github.com/huggingface/safetensors, README "Format"; safetensors/src/tensor.rs for limits and order.

import type { NumericDType } from '../dtype.js';
import type { NumericTensor } from '../tensor.js';

export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, NumericTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** [begin, end) relative to the first byte after the header. */
  readonly data_offsets: readonly [number, number];
}

export class SafetensorsError extends Error {
  override readonly name = 'SafetensorsError';
}

export const METADATA_KEY = '__metadata__';
export const LENGTH_BYTES = 8;
/** The reference implementation's own limit (MAX_HEADER_SIZE). */
export const MAX_HEADER_BYTES = 100_000_000;
/** The header is padded with spaces to a multiple of this, so that every tensor is aligned to its element size. */
export const HEADER_ALIGNMENT = 8;

export const SAFETENSORS_DTYPE = {
  BOOL: 'BOOL',
  UINT8: 'U8',
  UINT16: 'U16',
  UINT32: 'U32',
  UINT64: 'U64',
  INT8: 'I8',
  INT16: 'I16',
  INT32: 'I32',
  INT64: 'I64',
  FP16: 'F16',
  BF16: 'BF16',
  FP32: 'F32',
  FP64: 'F64',
} as const satisfies { [K in NumericDType]: string };
