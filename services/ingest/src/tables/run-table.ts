// The parent's side of an import: starts its process, and ends it at the deadline or when the import is cancelled.

import { type ChildProcess, fork } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FormatError } from '../formats/rows.js';
import { type ChildMessage, type ChildTask, RESULT_FOLDER, SCRATCH_FOLDER } from './child-messages.js';
import type { OnTablePhase, TablePlan, TableResult } from './table-plan.js';

export interface RunTableOptions {
  readonly onPhase?: OnTablePhase;
  /** When aborted, the process is killed and the reason thrown. */
  readonly signal: AbortSignal;
  /** The built child.js; tests of the sources name it. */
  readonly program?: URL;
}

const STDERR_CHARACTERS = 4_000;
/** V8's heap; the arrays of blocks and shards are outside of it. */
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
  signal.throwIfAborted();
  const child = fork(fileURLToPath(program), [], {
    env: {},
    execArgv: [`--max-old-space-size=${HEAP_MIB}`],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  let isComplete = false;
  try {
    const result = await outcome(child, { plan, folder }, { onPhase, signal });
    isComplete = true;
    return result;
  } finally {
    await killed(child);
    const leftovers = isComplete ? [SCRATCH_FOLDER] : [SCRATCH_FOLDER, RESULT_FOLDER];
    for (const name of leftovers) await rm(join(folder, name), { recursive: true, force: true });
  }
}

function outcome(
  child: ChildProcess,
  task: ChildTask,
  { onPhase, signal }: Pick<RunTableOptions, 'onPhase' | 'signal'>,
): Promise<TableResult> {
  const { promise, resolve, reject } = withResolvers<TableResult>();
  const { deadlineMs } = task.plan.limits;
  const timer = setTimeout(() => reject(new FormatError(tooSlow(deadlineMs))), deadlineMs);
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = `${stderr}${chunk.toString()}`.slice(-STDERR_CHARACTERS);
  });
  child.on('message', (message: ChildMessage) => {
    if (message.kind === 'phase') onPhase?.(message.phase, message.completed, message.total);
    else if (message.kind === 'done') resolve(message.result);
    else if (message.kind === 'refused') reject(new FormatError(message.message));
    else reject(new Error(`the process of an import failed: ${message.message}`));
  });
  child.once('error', reject);
  child.once('close', (code, signalName) =>
    reject(new Error(`the process of an import ended with ${signalName ?? code} before it was done: ${stderr}`)),
  );
  child.send(task, error => {
    if (error !== null) reject(error);
  });
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  });
}

function tooSlow(deadlineMs: number): string {
  return `the import took longer than the ${deadlineMs / 1000} seconds allowed; import fewer rows, or raise the deadline of the service`;
}

/** Kills the process if it still runs, and waits until it is gone, so that it writes nothing more. */
function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve();
  return new Promise(resolve => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

function withResolvers<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((resolveIt, rejectIt) => {
    resolve = resolveIt;
    reject = rejectIt;
  });
  return { promise, resolve, reject };
}
