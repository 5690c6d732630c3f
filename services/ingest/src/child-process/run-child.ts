// The parent's side of work in a process of its own: starts it, and ends it at the deadline or when it is cancelled.

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { FormatError } from '../formats/rows.js';
import type { ChildMessage, OnChildPhase } from './child-message.js';

export interface RunChildOptions {
  readonly deadlineMs: number;
  /** V8's heap; typed arrays and native memory are outside of it. */
  readonly heapMiB: number;
  readonly onPhase: OnChildPhase | undefined;
  /** When aborted, the process is killed and the reason thrown. */
  readonly signal: AbortSignal;
}

const STDERR_CHARACTERS = 4_000;

/**
 * Runs a program that ends in serveChild, without an environment, and returns its result once the process is gone.
 * Throws FormatError if the data is at fault.
 */
export async function runChild<Result>(program: URL, task: object, options: RunChildOptions): Promise<Result> {
  options.signal.throwIfAborted();
  const child = fork(fileURLToPath(program), [], {
    env: {},
    execArgv: [`--max-old-space-size=${options.heapMiB}`],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  try {
    return await outcome<Result>(child, task, options);
  } finally {
    await killed(child);
  }
}

function outcome<Result>(
  child: ChildProcess,
  task: object,
  { onPhase, signal, deadlineMs }: RunChildOptions,
): Promise<Result> {
  const { promise, resolve, reject } = withResolvers<Result>();
  const timer = setTimeout(() => reject(new FormatError(tooSlow(deadlineMs))), deadlineMs);
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = `${stderr}${chunk.toString()}`.slice(-STDERR_CHARACTERS);
  });
  child.on('message', (message: ChildMessage<Result>) => {
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
