// The parent's side of an import of a table.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type OnChildPhase, RESULT_FOLDER, SCRATCH_FOLDER } from '../child-process/child-message.js';
import { runChild } from '../child-process/run-child.js';
import type { TablePlan, TableResult } from './table-plan.js';

export interface RunTableOptions {
  readonly onPhase?: OnChildPhase;
  /** When aborted, the process is killed and the reason thrown. */
  readonly signal: AbortSignal;
  /** The built child.js; tests of the sources name it. */
  readonly program?: URL;
}

const HEAP_MIB = 384;

/**
 * Imports the table of `plan.sources`, files in `folder`, and leaves its files there. Throws FormatError if the table is
 * at fault; then and after any other error nothing remains of what it wrote.
 */
export async function runTable(
  plan: TablePlan,
  folder: string,
  { onPhase, signal, program = new URL('./child.js', import.meta.url) }: RunTableOptions,
): Promise<TableResult> {
  const { deadlineMs } = plan.limits;
  let isComplete = false;
  try {
    const task = { plan, folder };
    const result = await runChild<TableResult>(program, task, { deadlineMs, heapMiB: HEAP_MIB, onPhase, signal });
    isComplete = true;
    return result;
  } finally {
    const leftovers = isComplete ? [SCRATCH_FOLDER] : [SCRATCH_FOLDER, RESULT_FOLDER];
    for (const name of leftovers) await rm(join(folder, name), { recursive: true, force: true });
  }
}
