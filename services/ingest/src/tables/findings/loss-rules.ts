// What an import must not do unnoticed: lose a class, leave a split empty, remove many rows; and targets that nothing
// can be learned from.

import { SPLITS } from '@athanor/data';
import { type CheckWork, classTargets, columnsOf, examplesOf } from '../../checks/check.js';
import { FormatError } from '../../formats/rows.js';
import type { VersionColumn } from '../rows/version-column.js';
import type { SplitFractions, TableResult } from '../table-plan.js';
import type { Checked } from './run-checks.js';

const MAX_REMOVED_SHARE = 0.05;
/** From this number of rows on, another class in each is a key; in fewer it may happen. */
export const MIN_KEY_ROWS = 20;
const ACCEPT = 'or accept it with --accept-loss';

export type Removal = Pick<Checked, 'summaries' | 'removedRows'>;

/** Throws FormatError if too many rows are removed. */
export function expectRows({ summaries, removedRows }: Removal, rows: number, acceptLoss: boolean): void {
  if (acceptLoss || removedRows === rows || removedRows <= rows * MAX_REMOVED_SHARE) return;
  const percent = ((removedRows / rows) * 100).toFixed(1);
  throw new FormatError(
    `${removedRows} of ${rows} rows (${percent} %) would be removed: ${causesOf(summaries)}; repair them, choose another action of the check, ${ACCEPT}`,
  );
}

/** Throws FormatError if no row is left, of a plan too. */
export function expectAnyRow({ summaries, removedRows }: Removal, rows: number): void {
  if (removedRows < rows) return;
  throw new FormatError(`expected rows to import, but all ${rows} would be removed: ${causesOf(summaries)}`);
}

function causesOf(summaries: Checked['summaries']): string {
  return summaries
    .filter(({ removed }) => removed > 0)
    .map(({ check, removed, column }) => `${removed} by ${check}${column === undefined ? '' : ` in '${column}'`}`)
    .join(', ');
}

/** Throws FormatError if a class has no rows any more, or a target has only one value or another one in each row. */
export async function expectClasses(
  work: CheckWork,
  versionColumns: readonly VersionColumn[],
  { acceptLoss, keptRows }: { acceptLoss: boolean; keptRows: number },
): Promise<void> {
  for (const { name, sql, kind, count } of columnsOf(work, 'target')) {
    const kept = versionColumns.find(each => each.sql === sql);
    if (kept?.dictionary === undefined) continue;
    const { entries } = kept.dictionary;
    if (entries.length === keptRows && count >= MIN_KEY_ROWS && kind === 'category')
      throw new FormatError(
        `expected a target that repeats, but '${name}' has another value in each of ${keptRows} rows; choose another target, or import it as an input`,
      );
  }
  for (const column of await classTargets(work)) {
    const before = (await work.valueCounts(column)) ?? [];
    const entries = versionColumns.find(each => each.sql === column.sql)?.dictionary?.entries;
    if (acceptLoss || entries === undefined || entries.length === before.length) continue;
    const left = new Set(entries);
    const lost = before.filter(({ value }) => !left.has(value));
    if (lost.length === 0) continue;
    const list = examplesOf(lost.map(({ value, rows }) => `${value} (${rows} rows)`));
    throw new FormatError(
      `all rows of ${lost.length} classes of '${column.name}' would be removed: ${list}; repair them, ${ACCEPT}`,
    );
  }
}

/** Throws FormatError for a target with one value in all rows. */
export async function expectVaryingTargets(work: CheckWork): Promise<void> {
  const ranges = await work.ranges();
  for (const column of columnsOf(work, 'target')) {
    const { min, max } = ranges.get(column.sql) ?? {};
    const isOneNumber = min !== undefined && min === max;
    const counts = column.kind === 'category' ? await work.valueCounts(column) : undefined;
    if (!isOneNumber && counts?.length !== 1) continue;
    const value = counts?.[0]?.value ?? String(min);
    throw new FormatError(
      `expected a target with several values, but '${column.name}' is '${value}' in every row; choose another target`,
    );
  }
}

/** Rows that make an empty split improbable: below them it is no flaw. */
const EXPECTED_ROWS = 10;

/** Throws FormatError for an empty split that should have rows. */
export function expectSplits(
  splits: TableResult['splits'],
  {
    split,
    keptRows,
    hasTest,
    acceptLoss,
  }: { split: SplitFractions; keptRows: number; hasTest: boolean; acceptLoss: boolean },
): void {
  const fractions = {
    train: 1 - split.validationFraction - split.testFraction,
    validation: split.validationFraction,
    test: split.testFraction,
  };
  const rowsOf = (name: string) => splits.find(each => each.split === name)?.rows ?? 0;
  const own = keptRows - (hasTest ? rowsOf('test') : 0);
  const list = SPLITS.map(name => `${name} ${rowsOf(name)}`).join(', ');
  if (rowsOf('train') === 0)
    throw new FormatError(
      `expected training rows, but the splits are ${list}; import more rows, or choose another salt`,
    );
  if (acceptLoss) return;
  for (const name of SPLITS) {
    if (rowsOf(name) > 0 || fractions[name] * own < EXPECTED_ROWS) continue;
    throw new FormatError(
      `expected about ${Math.round(fractions[name] * own)} rows in the split ${name}, but the splits are ${list}; rows with equal inputs stay together, and there may be few different ones: choose another salt or fraction, ${ACCEPT}`,
    );
  }
}
