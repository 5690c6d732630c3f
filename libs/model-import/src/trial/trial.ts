// The first load and the first runs of a foreign model happen in a child process with limits: it is ended when it takes too
// long or too much memory, and a crash of a kernel is a message.

import {
  createProcessRunner,
  LimitExceeded,
  type LoadedModel,
  type ProcessRunner,
  RuntimeFailure,
  shortReason,
  type Tensors,
  withinLimits,
} from '@athanor/runtime';
import type { Tensor } from '@athanor/tensor';

export interface TrialLimits {
  readonly loadTimeoutMs: number;
  readonly runTimeoutMs: number;
  /** Resident MiB of the process. */
  readonly memoryMb: number;
}

/** refused: the runtime's own error; the others end the process. */
export type TrialFailureKind = 'refused' | 'timeout' | 'memory' | 'crashed';

export class TrialFailure extends Error {
  override readonly name = 'TrialFailure';
  readonly kind: TrialFailureKind;

  constructor(kind: TrialFailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** A process for trials; it starts when it is first used, and again after it was ended. */
export interface Trial {
  /** Throws TrialFailure; the signal's reason if it was aborted. */
  load(path: string): Promise<LoadedModel>;
  /** As `load`. */
  run(handle: number, inputs: Tensors): Promise<Record<string, Tensor>>;
  unload(handle: number): Promise<void>;
  close(): Promise<void>;
}

// One thread computes the same bits everywhere.
const SESSION = { intraOpThreads: 1 };

export function createTrial(limits: TrialLimits, signal: AbortSignal): Trial {
  let runner: ProcessRunner | undefined;

  function current(): ProcessRunner {
    if (runner !== undefined) return runner;
    const started = createProcessRunner();
    runner = started;
    void started.lost.then(() => {
      if (runner === started) runner = undefined;
    });
    return started;
  }

  async function bounded<T>(timeoutMs: number, call: (runner: ProcessRunner) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const target = current();
    try {
      return await withinLimits(target, { timeoutMs, memoryMb: limits.memoryMb, signal }, () => call(target));
    } catch (cause) {
      throw toTrialFailure(cause);
    }
  }

  return {
    load: path => bounded(limits.loadTimeoutMs, target => target.load({ path }, SESSION)),
    run: (handle, inputs) => bounded(limits.runTimeoutMs, target => target.run(handle, inputs)),
    unload: handle => bounded(limits.runTimeoutMs, target => target.unload(handle)),
    async close() {
      const target = runner;
      runner = undefined;
      target?.kill();
      await target?.close();
    },
  };
}

function toTrialFailure(cause: unknown): TrialFailure {
  if (cause instanceof LimitExceeded) return new TrialFailure(cause.limit, cause.message, { cause });
  if (!(cause instanceof RuntimeFailure)) throw cause;
  if (cause.code === 'RUNNER_LOST') return new TrialFailure('crashed', cause.message, { cause });
  return new TrialFailure('refused', shortReason(cause.message), { cause });
}
