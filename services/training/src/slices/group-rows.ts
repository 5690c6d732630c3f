// Rows grouped by the values of one column, to be measured on their own.

import type { CategoryValues, ColumnValues, NumberValues } from '@athanor/data';
import type { SourceColumn } from '@athanor/transforms';

export interface RowGroup {
  readonly column: string;
  /** A category, "true" or "false", or a range such as "> 28, <= 37"; null for missing values. */
  readonly value: string | null;
  /** Positions in the split, ascending. */
  readonly rows: Int32Array;
}

/** Whether rows can be grouped by a column of this type. */
export function canGroupBy({ type }: Pick<SourceColumn, 'type'>): boolean {
  return type.kind === 'category' || type.kind === 'number';
}

/**
 * The groups that have rows: categories in the dictionary's order, then missing ones. Numbers are grouped by the quartiles
 * of `train`, the values of the training split, so that groups are the same in all splits.
 */
export function groupRows(column: SourceColumn, values: ColumnValues, train: ColumnValues): RowGroup[] {
  if (column.type.kind === 'category') {
    const { categories = [] } = column;
    return grouped(column.name, (values as CategoryValues).codes, categories);
  }
  const { data } = values as NumberValues;
  if (column.type.kind === 'number' && column.type.dtype === 'BOOL')
    return grouped(column.name, Int32Array.from(data as Uint8Array), ['false', 'true']);
  const bounds = quartiles((train as NumberValues).data);
  return grouped(
    column.name,
    Int32Array.from(data as Float64Array, value => rangeOf(value, bounds)),
    names(bounds),
  );
}

/** `codes` are indices into `names`; -1 is missing. */
function grouped(column: string, codes: Int32Array, values: readonly string[]): RowGroup[] {
  const rows = new Map<number, number[]>();
  for (const [row, code] of codes.entries()) {
    const group = rows.get(code);
    if (group === undefined) rows.set(code, [row]);
    else group.push(row);
  }
  const order = [...rows.keys()].sort((a, b) => (a < 0 ? 1 : b < 0 ? -1 : a - b));
  return order.map(code => ({ column, value: values[code] ?? null, rows: Int32Array.from(rows.get(code)!) }));
}

/** The distinct quartiles of the values that are not missing, interpolated linearly as in numpy. */
function quartiles(data: NumberValues['data']): number[] {
  const known = Float64Array.from(data as Float64Array, Number).filter(value => !Number.isNaN(value));
  known.sort();
  if (known.length === 0) return [];
  const at = (share: number) => {
    const position = share * (known.length - 1);
    const below = known[Math.floor(position)]!;
    const above = known[Math.ceil(position)]!;
    return below === above ? below : below + (above - below) * (position % 1);
  };
  return [...new Set([at(0.25), at(0.5), at(0.75)])];
}

/** Index of the range (bounds[i - 1], bounds[i]]; -1 for a missing value. */
function rangeOf(value: number | bigint, bounds: readonly number[]): number {
  if (Number.isNaN(value)) return -1;
  const index = bounds.findIndex(bound => value <= bound);
  return index < 0 ? bounds.length : index;
}

function names(bounds: readonly number[]): string[] {
  const texts = bounds.map(bound => String(Number(bound.toPrecision(6))));
  if (texts.length === 0) return ['all'];
  const inner = texts.slice(1).map((text, index) => `> ${texts[index]}, <= ${text}`);
  return [`<= ${texts[0]}`, ...inner, `> ${texts.at(-1)}`];
}
