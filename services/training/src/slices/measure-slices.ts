import type { ColumnValues } from '@athanor/data';
import { byteSizeOf, bytesOf, elementCount, type NumericTensor, tensorFromBytes } from '@athanor/tensor';
import type { SourceColumn } from '@athanor/transforms';
import type { BoundTask } from '../tasks/task.js';
import { groupRows, type RowGroup } from './group-rows.js';

/** Metrics of the rows of one split in which a column has some value. */
export interface SliceMetrics {
  readonly column: string;
  /** See RowGroup. */
  readonly value: string | null;
  readonly rows: number;
  /** By name; those that are not defined on these rows are absent. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** The content of the slices file (athanor.api.v1.Evaluation.slices_digest). */
export interface Slices {
  /** By column in the order of the job, then by value. */
  readonly slices: readonly SliceMetrics[];
  /** Groups that are left out because there are too many: those with the fewest rows. */
  readonly omitted: number;
}

const MAX_GROUPS = 1_000;

export interface SliceWork {
  readonly task: BoundTask;
  /** Row-major [rows, task.scores.width]. */
  readonly scores: Float32Array;
  readonly truth: NumericTensor;
  readonly columns: readonly {
    readonly column: SourceColumn;
    readonly values: ColumnValues;
    /** Of the training split. */
    readonly train: ColumnValues;
  }[];
}

/** The task's metrics for every value of the columns. */
export function measureSlices({ task, scores, truth, columns }: SliceWork): Slices {
  const groups = columns.flatMap(({ column, values, train }) => groupRows(column, values, train));
  const kept = largest(groups);
  const slices = kept.map(({ column, value, rows }): SliceMetrics => {
    const meter = task.startMeter();
    meter.add(gather(scores, rows, task.scores.width), gatherRows(truth, rows));
    const metrics = Object.fromEntries(meter.metrics().map(each => [each.name, each.value]));
    return { column, value, rows: rows.length, metrics };
  });
  return { slices, omitted: groups.length - kept.length };
}

/** Those with the most rows, in their order. */
function largest(groups: readonly RowGroup[]): readonly RowGroup[] {
  if (groups.length <= MAX_GROUPS) return groups;
  const ranked = [...groups].sort((a, b) => b.rows.length - a.rows.length).slice(0, MAX_GROUPS);
  const kept = new Set(ranked);
  return groups.filter(group => kept.has(group));
}

function gather(values: Float32Array, rows: Int32Array, width: number): Float32Array {
  const gathered = new Float32Array(rows.length * width);
  for (const [index, row] of rows.entries())
    gathered.set(values.subarray(row * width, (row + 1) * width), index * width);
  return gathered;
}

function gatherRows(value: NumericTensor, rows: Int32Array): NumericTensor {
  const [, ...rowShape] = value.shape;
  const rowBytes = elementCount(rowShape) * byteSizeOf(value.dtype);
  const all = bytesOf(value);
  const gathered = new Uint8Array(rows.length * rowBytes);
  for (const [index, row] of rows.entries())
    gathered.set(all.subarray(row * rowBytes, (row + 1) * rowBytes), index * rowBytes);
  return tensorFromBytes(value.dtype, [rows.length, ...rowShape], gathered);
}
