// The process of one import of a table: it has no environment, and nothing that SQL can reach but its folder.

import { serveChild } from '../child-process/serve-child.js';
import { importTable } from './import-table.js';
import type { TablePlan, TableResult } from './table-plan.js';

serveChild<{ readonly plan: TablePlan; readonly folder: string }, TableResult>({
  run: ({ plan, folder }, onPhase) => importTable(plan, folder, onPhase),
  explain: ({ message }, { plan }) =>
    /^Out of Memory Error/.test(message) ? outOfMemory(plan.limits.memoryMiB) : undefined,
});

function outOfMemory(memoryMiB: number): string {
  return `the table needs more memory than the ${memoryMiB} MiB allowed; leave out columns with --ignore, or raise the limit of the service`;
}
