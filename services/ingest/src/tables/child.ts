// The process of one import: it has no environment, and nothing that SQL can reach but its folder. Its parent ends it.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FormatError } from '../formats/rows.js';
import { type ChildMessage, type ChildTask, RESULT_FOLDER, SCRATCH_FOLDER } from './child-messages.js';
import { importTable } from './import-table.js';

process.once('message', (task: ChildTask) => void work(task));
// The parent is gone: nobody waits for the result, and nobody enforces the deadline.
process.once('disconnect', () => process.exit(1));

async function work({ plan, folder }: ChildTask): Promise<void> {
  const answer = await attempt({ plan, folder });
  process.send?.(answer, () => process.disconnect());
}

async function attempt({ plan, folder }: ChildTask): Promise<ChildMessage> {
  try {
    await mkdir(join(folder, RESULT_FOLDER), { recursive: true });
    await mkdir(join(folder, SCRATCH_FOLDER), { recursive: true });
    const result = await importTable(plan, folder, (phase, completed, total) =>
      process.send?.({ kind: 'phase', phase, completed, total } satisfies ChildMessage),
    );
    return { kind: 'done', result };
  } catch (error) {
    if (error instanceof FormatError) return { kind: 'refused', message: error.message };
    const { message, stack = message } = error as Error;
    if (/^Out of Memory Error/.test(message)) return { kind: 'refused', message: outOfMemory(plan.limits.memoryMiB) };
    return { kind: 'failed', message: stack };
  }
}

function outOfMemory(memoryMiB: number): string {
  return `the table needs more memory than the ${memoryMiB} MiB allowed; leave out columns with --ignore, or raise the limit of the service`;
}
