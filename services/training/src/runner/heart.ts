import { RpcError } from '@athanor/client';
import type { ProgressInput } from '@athanor/contracts/training';
import type { AttemptClient } from './attempt-client.js';
import type { Tell } from './pod-log.js';

export interface HeartOptions {
  readonly client: AttemptClient;
  readonly stop: AbortController;
  readonly leaseMs: number;
  readonly tell: Tell;
}

/** Tells the service that the attempt lives, and hears what it is to do. */
export class Heart {
  readonly #client: AttemptClient;
  readonly #stop: AbortController;
  readonly #tell: Tell;
  readonly #timer: NodeJS.Timeout;
  #phase = '';
  #progress: ProgressInput | undefined;
  #beating = false;

  constructor({ client, stop, leaseMs, tell }: HeartOptions) {
    this.#client = client;
    this.#stop = stop;
    this.#tell = tell;
    // Between the runs of the runtime, which hold up everything else in this process.
    this.#timer = setInterval(() => void this.#pulse(), leaseMs / 4);
  }

  /** Says at once what is being done now. */
  async enter(phase: string, progress?: ProgressInput): Promise<void> {
    if (phase !== this.#phase) this.#tell('phase', { phase });
    this.#phase = phase;
    this.#progress = progress ?? this.#progress;
    await this.#beat();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #beat(): Promise<void> {
    const goOn = await this.#client.heartbeat(this.#phase, this.#progress);
    if (!goOn) this.#stop.abort();
  }

  async #pulse(): Promise<void> {
    if (this.#beating) return;
    this.#beating = true;
    // A beat that is lost matters only when many are; a job that is no longer ours ends the attempt.
    await this.#beat().catch(error => {
      if (error instanceof RpcError && error.code === 'ABORTED') this.#stop.abort();
    });
    this.#beating = false;
  }
}
