// A runner holds models somewhere that is not this thread and runs them. Drivers: a worker thread (fast; only for graphs
// that we built ourselves, because a thread cannot be stopped while it computes), and a child process.

import type { Tensor } from '@athanor/tensor';
import type { ModelMetadata, SessionOptions, Tensors } from '../session.js';

export interface LoadedModel extends ModelMetadata {
  /** Valid for this runner until `unload`. */
  readonly handle: number;
}

export interface MemoryReport {
  /** Resident bytes: of the child process, or of the whole process where the driver is a thread of it. */
  readonly residentBytes: number;
  readonly models: number;
}

export interface Runner {
  load(model: Uint8Array, options: SessionOptions): Promise<LoadedModel>;
  /**
   * Takes ownership of inputs that fill their ArrayBuffer exactly (they are moved, not copied); others are copied.
   * Throws RuntimeFailure.
   */
  run(handle: number, inputs: Tensors): Promise<Record<string, Tensor>>;
  unload(handle: number): Promise<void>;
  memory(): Promise<MemoryReport>;
  /** Settles when everything pending has been answered and the thread or process is gone. */
  close(): Promise<void>;
  /** Settles with the reason when the thread or process ends without having been closed; pending calls have rejected. */
  readonly lost: Promise<Error>;
}
