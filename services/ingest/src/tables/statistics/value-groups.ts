// Groups of the rows of a sample by their values of one column.

import type { ValueGroup } from '../table-plan.js';
import { toLabel } from './label.js';

export interface GroupedRows {
  /** None is empty. */
  readonly groups: readonly ValueGroup[];
  /** Index of each row's group. */
  readonly groupOf: Uint8Array;
}

/** Of values; missing ones and other categories are groups beside them. */
const MAX_GROUPS = 10;
/** Ranges between frequent values have at least this share of the rows. */
const MIN_SHARE = 0.02;

/**
 * Numbers; NaN is a missing one. At most MAX_GROUPS different values are a group each. Of more, a value with as many rows
 * as an equal share is a group, and the values between such are ranges with about equally many rows.
 */
export function groupNumbers(values: Float64Array): GroupedRows {
  const sorted = values.slice().sort();
  const ranges = toRanges(sorted.subarray(0, knownRows(sorted)));
  const groupOf = new Uint8Array(values.length);
  const highs = Float64Array.from(ranges, ({ high }) => high);
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    let group = 0;
    // NaN is not greater than anything.
    if (Number.isNaN(value)) group = ranges.length;
    else while (value > highs[group]!) group++;
    groupOf[row] = group;
  }
  const known = ranges.map(({ low, high, rows }): ValueGroup => ({ kind: 'range', low, high, rows }));
  return { groups: withMissing(known, values.length), groupOf };
}

/** NaN is sorted last. */
function knownRows(sorted: Float64Array): number {
  let rows = sorted.length;
  while (rows > 0 && Number.isNaN(sorted[rows - 1]!)) rows--;
  return rows;
}

function withMissing(known: readonly ValueGroup[], rows: number): ValueGroup[] {
  const missing = rows - known.reduce((sum, group) => sum + group.rows, 0);
  return missing === 0 ? [...known] : [...known, { kind: 'missing', rows: missing }];
}

interface Range {
  readonly low: number;
  readonly high: number;
  readonly rows: number;
  readonly isOneValue: boolean;
}

function toRanges(sorted: Float64Array): Range[] {
  const starts = startsOfValues(sorted);
  const distinct = starts.length - 1;
  const rowsOf = (value: number) => starts[value + 1]! - starts[value]!;
  const isFrequent = (value: number) => distinct <= MAX_GROUPS || rowsOf(value) >= sorted.length / MAX_GROUPS;
  let [frequent, rest] = [0, sorted.length];
  for (let value = 0; value < distinct; value++) {
    if (!isFrequent(value)) continue;
    frequent++;
    rest -= rowsOf(value);
  }
  const size = Math.max(rest / (MAX_GROUPS - frequent), sorted.length * MIN_SHARE);
  const ranges: Range[] = [];
  let begin = 0;
  const close = (end: number, isOneValue: boolean) => {
    if (end === begin) return;
    const last = ranges.at(-1);
    const range = { low: sorted[begin]!, high: sorted[end - 1]!, rows: end - begin, isOneValue };
    // What is left at the end of a row of ranges is no group of its own if it is small.
    const isRest = !isOneValue && range.rows < size / 2 && last?.isOneValue === false;
    if (isRest) ranges[ranges.length - 1] = { ...last, high: range.high, rows: last.rows + range.rows };
    else ranges.push(range);
    begin = end;
  };
  for (let value = 0; value < distinct; value++) {
    const [start, end] = [starts[value]!, starts[value + 1]!];
    if (isFrequent(value)) {
      close(start, false);
      close(end, true);
    } else if (end - begin >= size) close(end, false);
  }
  close(sorted.length, false);
  return ranges;
}

/** Where each different value begins, and the end. */
function startsOfValues(sorted: Float64Array): Int32Array {
  const starts = new Int32Array(sorted.length + 1);
  let count = 0;
  for (let row = 0; row < sorted.length; row++) if (row === 0 || sorted[row] !== sorted[row - 1]) starts[count++] = row;
  starts[count] = sorted.length;
  return starts.subarray(0, count + 1);
}

/** Codes of categories; NaN is a missing one. The most frequent are a group each, the others one together. */
export function groupCategories(codes: Float64Array, entries: readonly string[]): GroupedRows {
  const rows = new Float64Array(entries.length);
  for (let row = 0; row < codes.length; row++) if (!Number.isNaN(codes[row]!)) rows[codes[row]!]!++;
  const present = [...entries.keys()].filter(code => rows[code]! > 0).sort((a, b) => rows[b]! - rows[a]! || a - b);
  const shown = present.slice(0, MAX_GROUPS);
  const others = present.slice(MAX_GROUPS);
  const groups: ValueGroup[] = shown.map(code => ({
    kind: 'category',
    category: toLabel(entries[code]!),
    rows: rows[code]!,
  }));
  if (others.length > 0)
    groups.push({
      kind: 'others',
      categories: others.length,
      rows: others.reduce((sum, code) => sum + rows[code]!, 0),
    });
  const places = new Uint8Array(entries.length).fill(shown.length);
  for (const [place, code] of shown.entries()) places[code] = place;
  const missing = groups.length;
  const groupOf = new Uint8Array(codes.length);
  for (let row = 0; row < codes.length; row++)
    groupOf[row] = Number.isNaN(codes[row]!) ? missing : places[codes[row]!]!;
  return { groups: withMissing(groups, codes.length), groupOf };
}
