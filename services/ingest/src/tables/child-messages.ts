// What the process of an import and its parent send each other.

import type { TablePhase, TablePlan, TableResult } from './table-plan.js';

export interface ChildTask {
  readonly plan: TablePlan;
  readonly folder: string;
}

export type ChildMessage =
  | { readonly kind: 'phase'; readonly phase: TablePhase; readonly completed: number; readonly total: number }
  | { readonly kind: 'done'; readonly result: TableResult }
  /** The table is at fault: the message is for the user. */
  | { readonly kind: 'refused'; readonly message: string }
  /** Any other error. */
  | { readonly kind: 'failed'; readonly message: string };

/** The folder with the files of the result, in the folder of the import. */
export const RESULT_FOLDER = 'table';
/** Unpacked and converted sources, and what DuckDB spills. */
export const SCRATCH_FOLDER = 'scratch';
