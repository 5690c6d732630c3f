import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { quoted } from '@athanor/onnx/files';
import { LimitExceeded, withinLimits } from '@athanor/runtime';
import { type Artifact, modelFolder } from '../artifact/artifact.js';
import { reshapesOf } from '../config/reshapes.js';
import { ImportRefusal } from '../refusal.js';
import type { GuardRequest, GuardResponse, GuardVerdict } from './guard-protocol.js';

/** Checks files in a process of its own; it starts when it is first used, and again after it was ended. */
export interface Guard {
  /** `rewritten`: see GuardRequest. Throws ImportRefusal; the signal's reason if it was aborted. */
  check(artifact: Artifact, rewritten: string): Promise<GuardVerdict>;
  close(): Promise<void>;
}

export interface GuardLimits {
  readonly timeoutMs: number;
  readonly memoryMb: number;
}

const MIN_HEAP_MB = 256;

// Tests run the TypeScript sources, but a process can only be started from dist.
const entry = new URL('./guard-host.js', import.meta.url.replace('/src/guarding/', '/dist/guarding/'));

export function createGuard(limits: GuardLimits, signal: AbortSignal): Guard {
  let child: ChildProcess | undefined;

  function current(): ChildProcess {
    if (child !== undefined) return child;
    // Node.js itself would stop earlier or later than the limit, and does not start with little.
    const execArgv = [`--max-old-space-size=${Math.max(MIN_HEAP_MB, limits.memoryMb)}`];
    const started = fork(entry, { serialization: 'advanced', env: {}, execArgv });
    child = started;
    const forget = () => {
      if (child === started) child = undefined;
    };
    started.once('exit', forget);
    // It could not be started, for example for want of memory; `ask` reports it.
    started.once('error', forget);
    return started;
  }

  return {
    async check(artifact, rewritten) {
      signal.throwIfAborted();
      const target = current();
      const model = join(artifact.folder, artifact.model);
      const request = { model, folder: modelFolder(artifact), rewritten, reshapes: reshapesOf(artifact.config) };
      const endable = { pid: target.pid!, kill: () => void target.kill('SIGKILL') };
      const where = quoted(artifact.model);
      const response = await withinLimits(endable, { ...limits, signal }, () => ask(target, request)).catch(cause => {
        throw cause instanceof LimitExceeded ? toRefusal(cause, where) : cause;
      });
      if (response.ok) return response.verdict;
      if (response.code === undefined) throw new Error(`the guard failed on ${where}: ${response.message}`);
      throw new ImportRefusal(response.code, `${where}: ${response.message}`);
    },
    async close() {
      const target = child;
      if (target === undefined) return;
      const exited = new Promise(resolve => target.once('exit', resolve));
      target.kill('SIGKILL');
      await exited;
    },
  };
}

function ask(child: ChildProcess, request: GuardRequest): Promise<GuardResponse> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null, signal: string | null) => {
      const reason = `the process that reads it ended with ${signal ?? `code ${code}`}`;
      reject(new ImportRefusal('CRASHED', `the file cannot be checked: ${reason}`));
    };
    const onError = (cause: Error) => reject(new Error('the process that checks files cannot be started', { cause }));
    child.once('exit', onExit);
    child.once('error', onError);
    child.once('message', response => {
      child.off('exit', onExit);
      child.off('error', onError);
      resolve(response as GuardResponse);
    });
    // Sending fails if the child is gone, which 'exit' reports.
    child.send(request, () => undefined);
  });
}

function toRefusal(cause: LimitExceeded, where: string): ImportRefusal {
  const code = cause.limit === 'memory' ? 'MEMORY_LIMIT' : 'LOAD_TIMEOUT';
  return new ImportRefusal(code, `reading ${where}: ${cause.message}`, { cause });
}
