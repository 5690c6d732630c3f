import { type ChildProcess, spawn } from 'node:child_process';
import { hostname } from 'node:os';
import { identifyProcess, isRunning, type ProcessIdentity } from '@athanor/process';
import type { TrainingConfig } from '../config.js';
import type { WorkOrder } from '../runner/work-order.js';
import { type AttemptChannel, type AttemptStart, type Executor, NO_FINDINGS, type OnEnd } from './executor.js';

export interface LocalExecutorOptions {
  readonly slots: number;
  /** Absolute path of the runner's entry point. */
  readonly runnerPath: string;
  /** How the AttemptService is reached. */
  readonly channel: AttemptChannel;
  /** Value of ATHANOR_GPU for attempts. */
  readonly gpu: TrainingConfig['GPU'];
  /** Time between SIGTERM and SIGKILL. */
  readonly graceMs: number;
  readonly onEnd: OnEnd;
}

const OUTPUT_TAIL_CHARS = 2_000;

/**
 * Runs each attempt in a child process. The first line of its standard input is its work order; the child exits when
 * its input ends.
 */
export function createLocalExecutor(options: LocalExecutorOptions): Executor {
  const children = new Map<string, ChildProcess>();
  const place = hostname();

  async function stop(attemptId: string): Promise<void> {
    const child = children.get(attemptId);
    if (child === undefined) return;
    const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), options.graceMs);
    await ended;
    clearTimeout(timer);
  }

  return {
    slots: options.slots,
    // A child starts at once; none is ever blocked.
    maxOpen: options.slots,
    place,
    owns: executorRef => executorRef === place || executorRef.startsWith(`${place}/`),
    async start(attempt) {
      const child = spawnRunner(attempt, options);
      children.set(attempt.attemptId, child);
      const tail = collectTail(child);
      child.once('close', (code, signal) => {
        children.delete(attempt.attemptId);
        const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
        const message = `its process ended before its work: ${[how, tail()].filter(Boolean).join(': ')}`;
        options.onEnd({ attemptId: attempt.attemptId, reason: 'ProcessEnded', message });
      });
      return toReference(place, identifyProcess(child.pid ?? 0));
    },
    // The end of a child is reported as soon as it happens.
    observe: async () => NO_FINDINGS,
    stop: ({ attemptId }) => stop(attemptId),
    async recover({ executorRef }) {
      // A child of an earlier process: its standard input is closed, so it is exiting, or hangs.
      const orphan = parseReference(executorRef);
      if (orphan !== undefined && isRunning(orphan)) process.kill(orphan.pid, 'SIGKILL');
      return false;
    },
    async close() {
      await Promise.all([...children.keys()].map(stop));
    },
  };
}

function spawnRunner(
  { attemptId, token }: AttemptStart,
  { runnerPath, channel, gpu }: LocalExecutorOptions,
): ChildProcess {
  const order: WorkOrder = { ...channel, attemptId, token };
  // The environment holds no secrets; the token is passed on standard input.
  const child = spawn(process.execPath, [runnerPath], { env: { ATHANOR_GPU: gpu }, stdio: ['pipe', 'pipe', 'pipe'] });
  // A runner that exits at once breaks the pipe; its end is reported by 'close'.
  child.stdin?.on('error', () => undefined);
  child.stdin?.write(`${JSON.stringify(order)}\n`);
  child.on('error', () => undefined);
  return child;
}

/** The last output of a child, for the error message if it dies. */
function collectTail(child: ChildProcess): () => string {
  let text = '';
  const onData = (data: Buffer) => {
    text = (text + data.toString()).slice(-OUTPUT_TAIL_CHARS);
  };
  child.stdout?.on('data', onData);
  child.stderr?.on('data', onData);
  return () => text.trim();
}

/** "host/pid/start time": process ids are reused. */
function toReference(place: string, identity: ProcessIdentity | undefined): string {
  return identity === undefined ? place : [place, identity.pid, identity.startTime].join('/');
}

function parseReference(executorRef: string): ProcessIdentity | undefined {
  const [, pid, startTime] = executorRef.split('/');
  return pid === undefined || startTime === undefined ? undefined : { pid: Number(pid), startTime };
}
