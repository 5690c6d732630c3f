// An instance holds one model in one place and runs batches on it: a thread or a process now, an outside runtime that
// takes tensors later.

import type { Tensor } from '@athanor/tensor';

export interface Instance {
  /** 0: a thread of this process. */
  readonly pid: number;
  /**
   * Takes ownership of the inputs' buffers; those of the outputs belong to the caller. One run at a time. Throws
   * InstanceLost if the instance ended during the run, and ServiceError INTERNAL if the run failed.
   */
  execute(inputs: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
  /** Resident bytes of its process; undefined for a thread, whose memory is part of this process. */
  memoryBytes(): number | undefined;
  /** Ends it after its run, and gives its memory back. */
  stop(): Promise<void>;
  /** Ends it at once; its run fails with InstanceLost. A thread cannot be ended while it computes. */
  kill(reason: string): void;
  /** Settles with the reason if it ends without being stopped. */
  readonly lost: Promise<InstanceLost>;
}

/** Starts an instance with its model loaded. Throws InstanceLost, or LoadError with the runtime's reason. */
export type StartInstance = (signal: AbortSignal) => Promise<Instance>;

/** The thread or process of an instance ended during a run, or while the model was loaded. */
export class InstanceLost extends Error {
  override readonly name = 'InstanceLost';
  /** The run exceeded its time limit, so the process was ended. */
  readonly isTimeout: boolean;

  constructor(
    message: string,
    { isTimeout = false, ...options }: ErrorOptions & { readonly isTimeout?: boolean } = {},
  ) {
    super(message, options);
    this.isTimeout = isTimeout;
  }
}
