// Training rows, evenly from all of them, for what needs the values of two columns together. Every value is a double: a
// category its code, a missing value NaN.

import { type ColumnValues, MISSING_TIMESTAMP } from '@athanor/data';
import type { Block } from '../rows/read-blocks.js';

/** In ten groups of these a share has a standard error of at most 0.7 %. */
const MAX_ROWS = 50_000;
/** 32 MiB: of many columns the sample has fewer rows. */
const MAX_CELLS = 4_000_000;

export class RowSample {
  /** By the index of the column in the version. */
  readonly #columns: ReadonlyMap<number, Float64Array>;
  readonly #stride: number;
  #trainRows = 0;
  #rows = 0;

  /** `columns`: indices of those that are sampled. `maxRows`: of the version. */
  constructor(columns: readonly number[], maxRows: number) {
    const limit = Math.min(MAX_ROWS, Math.floor(MAX_CELLS / Math.max(1, columns.length)));
    this.#stride = Math.max(1, Math.ceil(maxRows / limit));
    const capacity = Math.ceil(maxRows / this.#stride);
    this.#columns = new Map(columns.map(index => [index, new Float64Array(capacity)]));
  }

  get rows(): number {
    return this.#rows;
  }

  /** `trainRows`: those of the block that are in the training split. */
  add({ values }: Block, trainRows: Int32Array): void {
    const stride = this.#stride;
    const first = (stride - (this.#trainRows % stride)) % stride;
    for (const [index, column] of this.#columns) {
      const valueAt = readerOf(values[index]!);
      let at = this.#rows;
      for (let row = first; row < trainRows.length; row += stride) column[at++] = valueAt(trainRows[row]!);
    }
    this.#rows += Math.max(0, Math.ceil((trainRows.length - first) / stride));
    this.#trainRows += trainRows.length;
  }

  values(column: number): Float64Array {
    const values = this.#columns.get(column);
    if (values === undefined) throw new RangeError(`expected a sampled column, got ${column}`);
    return values.subarray(0, this.#rows);
  }
}

function readerOf(values: ColumnValues): (row: number) => number {
  if (values.kind === 'category') {
    const { codes } = values;
    return row => (codes[row]! < 0 ? Number.NaN : codes[row]!);
  }
  if (values.kind !== 'number' && values.kind !== 'timestamp')
    throw new TypeError(`expected values of a fixed width, got ${values.kind}`);
  const { data } = values;
  if (data instanceof BigInt64Array) {
    const isTime = values.kind === 'timestamp';
    return row => (isTime && data[row] === MISSING_TIMESTAMP ? Number.NaN : Number(data[row]));
  }
  // One zero.
  return row => data[row]! + 0;
}
