// A separate thread sends heartbeats: run() of the runtime blocks the engine's thread while it computes, and one step
// of a large network may take longer than a lease.
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type RpcCode, RpcError } from '@athanor/client';
import type { ProgressInput } from '@athanor/contracts/training';
import type { FromThread, HeartbeatWork, ToThread } from './heartbeat-protocol.js';
import type { Log } from './pod-log.js';

export interface HeartbeatOptions extends HeartbeatWork {
  /** Aborted when the service asks the attempt to stop, or has given it up. */
  readonly stop: AbortController;
  readonly log: Log;
}

/** The heartbeat thread ended by itself, for lack of memory for example; another attempt may succeed. */
export class HeartbeatLost extends Error {
  override readonly name = 'HeartbeatLost';

  constructor(why: string) {
    super(`the attempt's heartbeat thread ended: ${why}`);
  }
}

/** Renews the attempt's lease, reports phase and progress, and learns whether the attempt is to stop. */
export class Heartbeat {
  readonly #thread: Worker;
  readonly #log: Log;
  readonly #keepAlive: NodeJS.Timeout;
  #phase = '';
  #lost: HeartbeatLost | undefined;
  #entering: { resolve(): void; reject(error: Error): void } | undefined;

  constructor({ stop, log, ...work }: HeartbeatOptions) {
    this.#log = log;
    this.#thread = new Worker(new URL('./heartbeat-thread.js', import.meta.url), { workerData: work });
    this.#thread.on('message', (message: FromThread) => this.#receive(message, stop));
    const lose = (why: string) => {
      this.#lost ??= new HeartbeatLost(why);
      this.#settle(this.#lost);
      stop.abort(this.#lost);
    };
    this.#thread.on('error', error => lose(error.message));
    this.#thread.on('exit', code => lose(`exit code ${code}`));
    this.#keepAlive = setInterval(() => this.#post({}), work.leaseMs / 4);
  }

  /**
   * Reports the phase and its progress. Waits until the service has recorded a new phase, but not for progress within
   * one; yields to the event loop so that signals and the thread's messages are handled.
   */
  async enter(phase: string, progress?: ProgressInput): Promise<void> {
    if (phase === this.#phase) {
      this.#post({ progress });
      await yieldToEventLoop();
      return;
    }
    this.#log('phase', { phase });
    this.#phase = phase;
    await new Promise<void>((resolve, reject) => {
      this.#entering = { resolve, reject };
      this.#post({ phase, progress });
    });
  }

  /** Throws HeartbeatLost where the thread has ended by itself: the attempt was not asked to stop. */
  throwIfLost(): void {
    if (this.#lost !== undefined) throw this.#lost;
  }

  async stop(): Promise<void> {
    clearInterval(this.#keepAlive);
    this.#thread.removeAllListeners('exit');
    await this.#thread.terminate();
  }

  #receive(message: FromThread, stop: AbortController): void {
    if (message.kind === 'stop') stop.abort();
    if (message.kind === 'entered') this.#settle(undefined);
    if (message.kind === 'failed') {
      const { code, reason, message: text } = message;
      this.#settle(new RpcError({ code: code as RpcCode, message: text, method: 'Heartbeat', details: { reason } }));
    }
  }

  #settle(error: Error | undefined): void {
    if (error === undefined) this.#entering?.resolve();
    else this.#entering?.reject(error);
    this.#entering = undefined;
  }

  #post(message: ToThread): void {
    this.#thread.postMessage(message);
  }
}
