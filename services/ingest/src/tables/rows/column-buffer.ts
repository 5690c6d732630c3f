// The values of one column that wait for their shard.

import type { ColumnType, ColumnValues } from '@athanor/data';

export interface ColumnBuffer {
  /** Appends the rows of `values` with the given indices. */
  append(values: ColumnValues, rows: Int32Array, count: number): void;
  /** Bytes of texts; 0 for fixed widths. */
  readonly textBytes: number;
  /** The rows so far; the buffer is empty afterwards. The arrays are views that the next append overwrites. */
  take(): ColumnValues;
}

export function createColumnBuffer(type: ColumnType, capacity: number): ColumnBuffer {
  switch (type.kind) {
    case 'number': {
      if (type.dtype === 'BOOL') return fixed(new Uint8Array(capacity), data => ({ kind: 'number', data }));
      if (type.dtype === 'FP64') return fixed(new Float64Array(capacity), data => ({ kind: 'number', data }));
      return integers(capacity, data => ({ kind: 'number', data }));
    }
    case 'timestamp':
      return integers(capacity, data => ({ kind: 'timestamp', data }));
    case 'category':
      return fixed(new Int32Array(capacity), codes => ({ kind: 'category', codes }));
    case 'text':
      return texts(capacity);
    case 'vector':
      throw new TypeError('expected columns of a table, got a vector');
  }
}

/** Bytes of a row in a shard, besides those of its text. */
export function widthOf(type: ColumnType): number {
  if (type.kind === 'category') return 4;
  return type.kind === 'number' && type.dtype === 'BOOL' ? 1 : 8;
}

function fixed<A extends Uint8Array | Float64Array | Int32Array>(
  buffer: A,
  toValues: (view: A) => ColumnValues,
): ColumnBuffer {
  let length = 0;
  return {
    textBytes: 0,
    append(values, rows, count) {
      const data = dataOf(values) as A;
      for (let index = 0; index < count; index++) buffer[length + index] = data[rows[index]!]!;
      length += count;
    },
    take() {
      const view = buffer.subarray(0, length) as A;
      length = 0;
      return toValues(view);
    },
  };
}

/** Two words per value: no BigInt is made. */
function integers(capacity: number, toValues: (view: BigInt64Array) => ColumnValues): ColumnBuffer {
  const buffer = new BigInt64Array(capacity);
  const words = new Int32Array(buffer.buffer);
  let length = 0;
  return {
    textBytes: 0,
    append(values, rows, count) {
      const { buffer: source, byteOffset, length: size } = dataOf(values) as BigInt64Array;
      const data = new Int32Array(source, byteOffset, 2 * size);
      for (let index = 0; index < count; index++) {
        const to = 2 * (length + index);
        const from = 2 * rows[index]!;
        words[to] = data[from]!;
        words[to + 1] = data[from + 1]!;
      }
      length += count;
    },
    take() {
      const view = buffer.subarray(0, length);
      length = 0;
      return toValues(view);
    },
  };
}

function dataOf(values: ColumnValues) {
  if (values.kind === 'number' || values.kind === 'timestamp') return values.data;
  if (values.kind === 'category') return values.codes;
  throw new TypeError(`expected values of a fixed width, got ${values.kind}`);
}

/** A table of thousands of texts has few rows in a shard. */
const FIRST_TEXT_BYTES = 64 * 1024;
const FIRST_BYTES_PER_ROW = 16;

function texts(capacity: number): ColumnBuffer {
  const offsets = new Float64Array(capacity + 1);
  let bytes = new Uint8Array(Math.min(FIRST_TEXT_BYTES, FIRST_BYTES_PER_ROW * capacity));
  let length = 0;
  const reserve = (needed: number) => {
    if (needed <= bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * bytes.length));
    larger.set(bytes);
    bytes = larger;
  };
  return {
    get textBytes() {
      return offsets[length]!;
    },
    append(values, rows, count) {
      if (values.kind !== 'text') throw new TypeError(`expected texts, got ${values.kind}`);
      let end = offsets[length]!;
      for (let index = 0; index < count; index++) {
        const from = values.offsets[rows[index]!]!;
        const to = values.offsets[rows[index]! + 1]!;
        reserve(end + to - from);
        // Faster than copying a view of a few bytes.
        for (let at = from; at < to; at++) bytes[end++] = values.bytes[at]!;
        offsets[++length] = end;
      }
    },
    take() {
      const view = {
        kind: 'text',
        bytes: bytes.subarray(0, offsets[length]),
        offsets: offsets.slice(0, length + 1),
      } as const;
      length = 0;
      return view;
    },
  };
}
