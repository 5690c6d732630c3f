// A check looks at the whole table in SQL, in linear time, and says what it found. One file per check, and one line in
// checks.ts.

import type { ComponentKind } from '@athanor/components';
import type { ColumnRole } from '@athanor/data';
import { z } from 'zod';

export const CHECK_ACTIONS = ['report', 'drop', 'quarantine'] as const;
export type CheckAction = (typeof CHECK_ACTIONS)[number];

/** A column as checks see it: before categories have codes. */
export interface CheckColumn {
  readonly name: string;
  /** Its name in SQL. */
  readonly sql: string;
  readonly kind: 'number' | 'boolean' | 'timestamp' | 'category' | 'text';
  /** Of a number: all values are whole. */
  readonly whole: boolean;
  readonly role: ColumnRole;
  /** Whether the plan says the role. */
  readonly isRoleChosen: boolean;
  /** The source has no name for it. */
  readonly isUnnamed: boolean;
  /** Rows that have a value. */
  readonly count: number;
  /** Different values of a text or category; an estimate if they are more than MAX_VALUES. */
  readonly distinct?: number;
}

export interface ValueCount {
  readonly value: string;
  readonly rows: number;
  /** Of these, rows of the train partition. */
  readonly trainRows: number;
}

export interface CheckWork {
  /** A row's number is its `rowid`, from 0; rows of the train partition come first. */
  readonly table: string;
  readonly rows: number;
  readonly trainRows: number;
  /** With the roles that earlier checks have given. */
  readonly columns: readonly CheckColumn[];
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /**
   * One row of aggregates over any number of columns. `toSql` gives the expressions of one column, with names that are
   * its own; `from` is the whole table unless it is said.
   */
  aggregate(
    columns: readonly CheckColumn[],
    toSql: (column: CheckColumn) => readonly string[],
    from?: string,
  ): Promise<Readonly<Record<string, unknown>>>;
  /**
   * The values of a column as texts with their rows, the most frequent first; undefined if there are more than
   * MAX_VALUES. Computed once for all checks.
   */
  valueCounts(column: CheckColumn): Promise<readonly ValueCount[] | undefined>;
  /**
   * Name of a table with the rows that equal an earlier one in the given columns, among them all inputs: `row`, and the
   * earliest equal `first`. A hash finds them, and every value is compared. Within each partition, or across both.
   */
  equalRows(columns: readonly CheckColumn[], scope: 'partition' | 'table'): Promise<string>;
  /** Smallest and largest value of columns of numbers, booleans and timestamps, by name in SQL. Computed once. */
  ranges(): Promise<ReadonlyMap<string, ValueRange>>;
  /** Name of a table with at most SAMPLE_ROWS rows, evenly from the whole table. Computed once for all checks. */
  sample(): Promise<string>;
  /** SQL of a row's id, for details. */
  rowId(row: string): string;
}

export const MAX_VALUES = 50_000;
export const SAMPLE_ROWS = 100_000;

/** Timestamps in microseconds since 1970 UTC; of a column without values both are undefined. */
export interface ValueRange {
  readonly min: number | undefined;
  readonly max: number | undefined;
}

export interface CheckFinding {
  /** Name of the column it is about. */
  readonly column?: string;
  /** A sentence with the figures, from the number of flawed rows. */
  readonly detail: string | ((rows: number) => string);
  /** A SELECT of the flawed rows, each once: `row` and `detail`. Without such rows there is no finding. */
  readonly rows?: string;
  /** The role of `column` from now on, unless the plan says one. */
  readonly role?: ColumnRole;
}

export interface CheckParameters {
  readonly action: CheckAction;
}

export interface Check<P extends CheckParameters = CheckParameters> extends ComponentKind<P> {
  inspect(work: CheckWork, parameters: P): Promise<readonly CheckFinding[]>;
}

/** The parameter that every check has. */
export function actionParameter(action: CheckAction) {
  return z.enum(CHECK_ACTIONS).default(action).describe('What happens to the flawed rows.');
}

/** The type of a check whose parameters are those of its schema. */
export function defineCheck<P extends CheckParameters>(check: Check<P>): Check<P> {
  return check;
}

export function columnsOf(work: CheckWork, ...roles: readonly ColumnRole[]): CheckColumn[] {
  return work.columns.filter(({ role }) => roles.includes(role));
}

/** A target is one of classes: a category, a boolean, or a whole number with few values. */
export async function isClassTarget(work: CheckWork, column: CheckColumn): Promise<boolean> {
  if (column.kind === 'category' || column.kind === 'boolean') return true;
  if (column.kind !== 'number' || !column.whole) return false;
  const { min, max } = (await work.ranges()).get(column.sql) ?? {};
  // The usual case of many values costs no grouping.
  if (min === undefined || max === undefined || max - min >= MAX_VALUES) return false;
  const counts = await work.valueCounts(column);
  return counts !== undefined && counts.length <= MAX_NUMBER_CLASSES;
}

const MAX_NUMBER_CLASSES = 50;

export async function classTargets(work: CheckWork): Promise<CheckColumn[]> {
  const targets: CheckColumn[] = [];
  for (const column of columnsOf(work, 'target')) if (await isClassTarget(work, column)) targets.push(column);
  return targets;
}

/** At most `count` examples, quoted. */
export function examplesOf(values: readonly string[], count = 5): string {
  const shown = values.slice(0, count).map(value => `'${value.length > 40 ? `${value.slice(0, 40)}…` : value}'`);
  return values.length > count ? `${shown.join(', ')}, …` : shown.join(', ');
}
