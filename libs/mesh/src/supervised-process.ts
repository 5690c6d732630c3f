import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, statSync } from 'node:fs';
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, type ProcessIdentity } from '@athanor/process';
import { endOfLog } from './end-of-log.js';
import { rotateLog } from './log-file.js';

export interface ProgramOptions {
  readonly name: string;
  /** Absolute path of the program's entry point. */
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Ports whose /readyz reports that the program is ready. */
  readonly adminPorts: readonly number[];
  readonly readyTimeoutMs: number;
  /** Called when it has ended and was restarted, before it is ready. */
  readonly onRestart: (identity: ProcessIdentity) => void;
  readonly onEnd: (how: string) => void;
  readonly onLogLost?: (line: string) => void;
  /** A program that was ready for this long is restarted at once; otherwise after growing delays. Default: 10 s. */
  readonly stableAfterMs?: number;
  /** Delays by the number of restarts since it was last stable; the last one repeats. */
  readonly restartDelaysMs?: readonly number[];
  /** The log is rotated at this size. */
  readonly maxLogBytes?: number;
}

const RESTART_DELAYS_MS = [0, 500, 1_000, 2_000, 5_000];
const STABLE_AFTER_MS = 10_000;
const LOG_CHECK_MS = 2_000;
const STOP_TIMEOUT_MS = 30_000;

/** A program that runs until it is stopped: restarted when it ends, and ended when this process ends. */
export class SupervisedProcess {
  readonly #options: ProgramOptions;
  #child: ChildProcess | undefined;
  #stopping = false;
  #restarts = 0;
  /** Size of the log before `start`. */
  #logBegin = 0;
  #stableTimer: NodeJS.Timeout | undefined;
  #logTimer: NodeJS.Timeout | undefined;

  constructor(options: ProgramOptions) {
    this.#options = options;
  }

  /** Resolves when the program is ready. */
  async start(): Promise<ProcessIdentity> {
    this.#logTimer ??= setInterval(() => this.#rotateLog(), LOG_CHECK_MS).unref();
    this.#logBegin = statSync(this.#options.logFile, { throwIfNoEntry: false })?.size ?? 0;
    const child = this.#spawn();
    const identity = identifyProcess(child.pid ?? 0);
    try {
      await this.#ready(child);
    } catch (error) {
      // A program that cannot start at all is reported to the caller, not restarted silently.
      this.#stopping = true;
      clearInterval(this.#logTimer);
      throw error;
    }
    this.#resetWhenStable(child);
    if (identity === undefined) throw new Error(`${this.#options.name} exited right after its start`);
    return identity;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#logTimer);
    const child = this.#child;
    if (child === undefined || hasEnded(child)) return;
    const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  }

  #spawn(): ChildProcess {
    const { path, env, logFile } = this.#options;
    const log = this.#openLog(logFile);
    // The child's standard input is its lifeline: the kernel closes it when this process ends, for any reason.
    const child = spawn(process.execPath, [path], { env, stdio: ['pipe', log, log] });
    if (log !== 'ignore') closeSync(log);
    child.stdin?.on('error', () => undefined);
    child.on('error', () => undefined);
    child.once('close', (code, signal) => this.#onClose(signal ?? `exit code ${code}`));
    this.#child = child;
    return child;
  }

  /** A program runs even without its log. */
  #openLog(logFile: string): number | 'ignore' {
    try {
      return openSync(logFile, 'a', 0o600);
    } catch (error) {
      this.#options.onLogLost?.(`${logFile} cannot be opened, its lines are lost: ${(error as Error).message}`);
      return 'ignore';
    }
  }

  #rotateLog(): void {
    const { logFile, maxLogBytes, onLogLost } = this.#options;
    try {
      rotateLog(logFile, maxLogBytes);
    } catch (error) {
      onLogLost?.(`the old lines of ${logFile} are lost: ${(error as Error).message}`);
    }
  }

  #onClose(how: string): void {
    clearTimeout(this.#stableTimer);
    if (this.#stopping) return;
    this.#options.onEnd(how);
    void this.#restart();
  }

  async #restart(): Promise<void> {
    const delays = this.#options.restartDelaysMs ?? RESTART_DELAYS_MS;
    const delay = delays[Math.min(this.#restarts++, delays.length - 1)];
    await sleep(delay);
    if (this.#stopping) return;
    const child = this.#spawn();
    const identity = identifyProcess(child.pid ?? 0);
    if (identity !== undefined) this.#options.onRestart(identity);
    // Its own 'close' handler restarts a program that ends again.
    await this.#ready(child).then(
      () => this.#resetWhenStable(child),
      () => undefined,
    );
  }

  #resetWhenStable(child: ChildProcess): void {
    const reset = () => {
      if (!hasEnded(child)) this.#restarts = 0;
    };
    this.#stableTimer = setTimeout(reset, this.#options.stableAfterMs ?? STABLE_AFTER_MS).unref();
  }

  async #ready(child: ChildProcess): Promise<void> {
    const { name, adminPorts, readyTimeoutMs, logFile } = this.#options;
    const deadline = performance.now() + readyTimeoutMs;
    while (!(await allReady(adminPorts))) {
      const problem = hasEnded(child)
        ? 'ended'
        : performance.now() > deadline
          ? `was not ready after ${readyTimeoutMs} ms`
          : '';
      if (problem !== '') {
        throw new Error(`${name} ${problem}; the end of ${logFile}:\n${endOfLog(logFile, this.#logBegin)}`);
      }
      await sleep(25);
    }
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function allReady(ports: readonly number[]): Promise<boolean> {
  return (await Promise.all(ports.map(isReady))).every(Boolean);
}

function isReady(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const request = get({ host: '127.0.0.1', port, path: '/readyz', timeout: 1_000, agent: false }, response => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', () => resolve(false)).on('timeout', () => request.destroy());
  });
}
