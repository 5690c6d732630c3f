import { fork } from 'node:child_process';
import { createRunner } from './client.js';
import { compiledEntry } from './entry.js';
import type { Channel, Response } from './protocol.js';
import type { Runner } from './runner.js';

/** A runner that can be stopped while its model computes. */
export interface ProcessRunner extends Runner {
  readonly pid: number;
  /** Ends the process at once; pending calls reject with RUNNER_LOST. */
  kill(): void;
}

export interface ProcessRunnerOptions {
  /**
   * ignore: what the process writes to its standard streams is dropped. For models that others made: libraries of the runtime
   * write parts of a model there as they are (RE2 a pattern that it cannot parse). Default: inherit.
   */
  readonly output?: 'inherit' | 'ignore';
}

/**
 * Runs models in a child process with an empty environment: a hung or crashed model does not affect other processes.
 */
export function createProcessRunner({ output = 'inherit' }: ProcessRunnerOptions = {}): ProcessRunner {
  const child = fork(compiledEntry('process-host'), {
    serialization: 'advanced',
    env: {},
    execArgv: [],
    stdio: ['ignore', output, output, 'ipc'],
  });
  const channel: Channel = {
    // Sending fails if the child is gone, which 'exit' reports.
    post: message => child.send(message, () => undefined),
    onResponse: listener => child.on('message', message => listener(message as Response)),
    onExit: listener =>
      child.once('exit', (code, signal) => listener(`the runner process ended with ${signal ?? `code ${code}`}`)),
  };
  return { ...createRunner(channel), pid: child.pid!, kill: () => void child.kill('SIGKILL') };
}
