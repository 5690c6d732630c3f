// The child's side of work in a process of its own: one task, then its end.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FormatError } from '../formats/rows.js';
import { type ChildMessage, type OnChildPhase, RESULT_FOLDER, SCRATCH_FOLDER } from './child-message.js';

export interface FolderTask {
  /** Of the import: its sources, its result and what it spills. */
  readonly folder: string;
}

export interface ChildWork<Task, Result> {
  run(task: Task, onPhase: OnChildPhase): Promise<Result>;
  /** The message for the user if the data is at fault for an error that is no FormatError. */
  explain?(error: Error, task: Task): string | undefined;
}

export function serveChild<Task extends FolderTask, Result>(work: ChildWork<Task, Result>): void {
  process.once('message', (task: Task) => {
    void attempt(work, task).then(answer => process.send?.(answer, () => process.disconnect()));
  });
  // The parent is gone: nobody waits for the result, and nobody enforces the deadline.
  process.once('disconnect', () => process.exit(1));
}

async function attempt<Task extends FolderTask, Result>(
  work: ChildWork<Task, Result>,
  task: Task,
): Promise<ChildMessage<Result>> {
  try {
    await mkdir(join(task.folder, RESULT_FOLDER), { recursive: true });
    await mkdir(join(task.folder, SCRATCH_FOLDER), { recursive: true });
    const result = await work.run(task, (phase, completed, total) =>
      process.send?.({ kind: 'phase', phase, completed, total } satisfies ChildMessage<Result>),
    );
    return { kind: 'done', result };
  } catch (error) {
    if (error instanceof FormatError) return { kind: 'refused', message: error.message };
    const message = work.explain?.(error as Error, task);
    if (message !== undefined) return { kind: 'refused', message };
    return { kind: 'failed', message: (error as Error).stack ?? (error as Error).message };
  }
}
