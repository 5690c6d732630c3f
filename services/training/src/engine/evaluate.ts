import { sliceRows } from '@athanor/data';
import { type ExecutionProvider, openSession, type Session, type Tensors } from '@athanor/runtime';
import {
  byteSizeOf,
  bytesOf,
  elementCount,
  isNumeric,
  type NumericTensor,
  type Tensor,
  tensorFromBytes,
} from '@athanor/tensor';
import { rawTensor, type SourceColumn } from '@athanor/transforms';
import { columnOf, type RawSplit } from '../features/raw-split.js';
import type { BoundTask } from '../tasks/task.js';

export interface EvaluationOptions {
  readonly scores: BoundTask['scores'];
  readonly rows: number;
  /**
   * Every run has this many rows, so that all batches have the same size; the last one is padded by repeating its last
   * row.
   */
  readonly batchSize: number;
  /** The inputs of rows `begin` up to `end`. */
  readonly inputs: (begin: number, end: number) => Record<string, Tensor>;
  /** Further inputs besides the rows. */
  readonly feeds?: Tensors;
}

/** The scores of all rows, row-major [rows, width]. */
export async function evaluate(session: Session, options: EvaluationOptions): Promise<Float32Array> {
  const { scores, rows, batchSize, inputs, feeds = {} } = options;
  const all = new Float32Array(rows * scores.width);
  for (let begin = 0; begin < rows; begin += batchSize) {
    const wanted = Math.min(batchSize, rows - begin);
    const batch = inputs(begin, begin + wanted);
    const padded = Object.entries(batch).map(([name, value]) => [name, padRows(value, batchSize)]);
    const outputs = await session.run({ ...feeds, ...Object.fromEntries(padded) });
    const { data } = outputs[scores.output] as Tensor<'FP32'>;
    all.set(data.subarray(0, wanted * scores.width), begin * scores.width);
  }
  return all;
}

/** Runs a served model's file over the raw rows of a split. */
export async function evaluateModel(
  model: Uint8Array,
  split: RawSplit,
  options: Pick<EvaluationOptions, 'scores' | 'batchSize'> & {
    readonly columns: readonly SourceColumn[];
    readonly cpuThreads: number;
    readonly provider?: ExecutionProvider | undefined;
  },
): Promise<Float32Array> {
  const { cpuThreads: intraOpThreads, provider = 'cpu', columns } = options;
  const session = await openSession(model, { intraOpThreads, provider });
  const inputs = (begin: number, end: number) =>
    Object.fromEntries(
      columns.map(column => [
        column.name,
        rawTensor(column, sliceRows(columnOf(split, column), begin, end), column.categories),
      ]),
    );
  try {
    return await evaluate(session, { ...options, rows: split.rows, inputs });
  } finally {
    await session.release();
  }
}

/** Rows `begin` up to `end` along the first axis; a view. */
export function rowsAt(value: NumericTensor, begin: number, end: number): NumericTensor {
  const rowBytes = elementCount(value.shape.slice(1)) * byteSizeOf(value.dtype);
  const bytes = bytesOf(value).subarray(begin * rowBytes, end * rowBytes);
  return tensorFromBytes(value.dtype, [end - begin, ...value.shape.slice(1)], bytes);
}

/** Repeats the last row until there are `count`. */
function padRows(value: Tensor, count: number): Tensor {
  const [rows = 0, ...rowShape] = value.shape;
  if (rows === count) return value;
  const shape = [count, ...rowShape];
  if (!isNumeric(value)) {
    const last = value.data.slice(value.data.length - elementCount(rowShape));
    const missing = Array.from({ length: count - rows }, () => last).flat();
    return { dtype: 'BYTES', shape, data: [...value.data, ...missing] };
  }
  const present = bytesOf(value);
  const rowBytes = present.byteLength / rows;
  const filled = new Uint8Array(count * rowBytes);
  filled.set(present);
  const lastRow = present.subarray(present.byteLength - rowBytes);
  for (let offset = present.byteLength; offset < filled.byteLength; offset += rowBytes) filled.set(lastRow, offset);
  return tensorFromBytes(value.dtype, shape, filled);
}
