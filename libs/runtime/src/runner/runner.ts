// A runner holds and runs models outside of this thread. Drivers: a worker thread (fast; only for graphs that we built
// ourselves, because a thread cannot be stopped while it computes), and a child process.

import type { Tensor } from '@athanor/tensor';
import type { ModelMetadata, ModelSource, SessionOptions, Tensors } from '../session.js';

export interface LoadedModel extends ModelMetadata {
  /** Valid for this runner until `unload`. */
  readonly handle: number;
}

export interface MemoryReport {
  /** Resident bytes of the child process, or of the whole process if the driver is a thread. */
  readonly residentBytes: number;
  readonly models: number;
}

export interface Runner {
  load(model: ModelSource, options: SessionOptions): Promise<LoadedModel>;
  /**
   * Takes ownership of inputs that fill their ArrayBuffer exactly (they are transferred, not copied); others are
   * copied. Throws RuntimeFailure.
   */
  run(handle: number, inputs: Tensors): Promise<Record<string, Tensor>>;
  unload(handle: number): Promise<void>;
  memory(): Promise<MemoryReport>;
  /** Settles when all pending requests have been answered and the thread or process has exited. */
  close(): Promise<void>;
  /**
   * Settles with the reason if the thread or process exits without being closed; pending calls have been rejected by
   * then.
   */
  readonly lost: Promise<Error>;
}
