import { createProcessRunner, type ModelSource, type ProcessRunner, type SessionOptions } from '@athanor/runtime';
import type { ProcessLimits } from '@athanor/serving';
import { type Instance, InstanceLost } from './instance.js';
import { residentBytes } from './resident-bytes.js';
import { isRunnerGone, toRunError } from './run-error.js';

export type TimeLimits = Pick<ProcessLimits, 'runTimeoutMs' | 'loadTimeoutMs'>;

/** A model in a process of its own, which is ended if it takes too long. */
export async function startProcessInstance(
  model: ModelSource,
  options: SessionOptions,
  { runTimeoutMs, loadTimeoutMs }: TimeLimits,
): Promise<Instance> {
  const runner = createProcessRunner();
  const watch = new TimeWatch(runner);
  const { handle } = await watch
    .limit(loadTimeoutMs, 'loading', () => runner.load(model, options))
    .catch(error => {
      runner.kill();
      throw error;
    });
  return {
    pid: runner.pid,
    execute: inputs =>
      watch.limit(runTimeoutMs, 'a run', async () => {
        try {
          return await runner.run(handle, inputs);
        } catch (error) {
          throw isRunnerGone(error) ? error : toRunError(error);
        }
      }),
    memoryBytes: () => residentBytes(runner.pid),
    stop: () => runner.close(),
    kill(reason) {
      watch.reason = reason;
      runner.kill();
    },
    lost: runner.lost.then(error => watch.explain(error)),
  };
}

/** Ends a process that exceeds a time limit, and says why it ended. */
class TimeWatch {
  readonly #runner: ProcessRunner;
  /** Why it was ended on purpose; empty otherwise. */
  reason = '';
  #isTimeout = false;

  constructor(runner: ProcessRunner) {
    this.#runner = runner;
  }

  async limit<T>(timeoutMs: number, what: string, work: () => Promise<T>): Promise<T> {
    const timer = setTimeout(() => {
      this.reason = `${what} took longer than ${timeoutMs} ms, so its process was ended`;
      this.#isTimeout = true;
      this.#runner.kill();
    }, timeoutMs);
    try {
      return await work();
    } catch (error) {
      throw isRunnerGone(error) ? this.explain(error as Error) : error;
    } finally {
      clearTimeout(timer);
    }
  }

  explain(error: Error): InstanceLost {
    return new InstanceLost(this.reason || error.message, { cause: error, isTimeout: this.#isTimeout });
  }
}
