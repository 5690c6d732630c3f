import type { Telemetry } from '@athanor/service';
import { ServiceError } from '@athanor/service';
import type { InstancePool } from './instance-pool.js';
import { mebibytes } from './mebibytes.js';

// Memory of all models together. Before one is loaded, those that have not been used for longest are unloaded to make
// room; a model that has grown is restarted, so that its growth harms no other.

export interface BudgetEntry {
  readonly pool: InstancePool;
  /** Requests that wait. */
  depth(): number;
  readonly label: string;
}

export interface BudgetOptions {
  /** For the processes of all models together. */
  readonly limitBytes: number;
  readonly log: Telemetry['log'];
}

const CHECK_INTERVAL_MS = 500;
/** A process with the runtime and an empty model; measured. */
const PROCESS_BYTES = 48 * 1024 ** 2;
/** Sizes of a loaded model relative to its file: constants, their copies in kernels' layouts, and activations. */
const FILE_FACTOR = 2;
/** Growth since the start that is not normal work. */
const GROWTH = { factor: 1.5, bytes: 256 * 1024 ** 2 };
/** A run that takes this much more than the limit is ended. */
const KILL_FACTOR = 1.5;

export class MemoryBudget {
  readonly #options: BudgetOptions;
  readonly #entries = new Set<BudgetEntry>();
  readonly #timer: NodeJS.Timeout;
  /** Bytes of instances that are being started. */
  #reserved = 0;

  constructor(options: BudgetOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#check(), CHECK_INTERVAL_MS).unref();
  }

  get limitBytes(): number {
    return this.#options.limitBytes;
  }

  add(entry: BudgetEntry): { remove(): void } {
    this.#entries.add(entry);
    return { remove: () => void this.#entries.delete(entry) };
  }

  usedBytes(): number {
    let sum = 0;
    for (const { pool } of this.#entries) sum += pool.memoryBytes();
    return sum;
  }

  /**
   * Unloads other models until an instance of a model with files of this size fits. Throws RESOURCE_EXHAUSTED. @returns a
   * function to call when the instance's own memory can be read.
   */
  async makeRoom(fileBytes: number, signal: AbortSignal): Promise<() => void> {
    const needed = PROCESS_BYTES + fileBytes * FILE_FACTOR;
    while (this.usedBytes() + this.#reserved + needed > this.limitBytes) {
      signal.throwIfAborted();
      const evicted = this.#leastRecentlyUsed();
      if (evicted === undefined) throw this.#noRoom(needed);
      await this.#evict(evicted);
    }
    this.#reserved += needed;
    return () => {
      this.#reserved -= needed;
    };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #check(): void {
    for (const { pool } of this.#entries) pool.killOversized(KILL_FACTOR);
    if (this.usedBytes() <= this.limitBytes) return;
    const grown = [...this.#entries]
      .map(entry => ({ entry, bytes: entry.pool.memoryBytes(), before: entry.pool.baselineBytes }))
      .filter(({ bytes, before }) => bytes > before * GROWTH.factor && bytes > before + GROWTH.bytes)
      .sort((a, b) => b.bytes - b.before - (a.bytes - a.before))[0];
    if (grown !== undefined) {
      grown.entry.pool.replaceAll(
        `its memory grew from ${mebibytes(grown.before)} to ${mebibytes(grown.bytes)}, and all models together may take ${mebibytes(this.limitBytes)}`,
      );
      return;
    }
    const oldest = this.#leastRecentlyUsed();
    if (oldest !== undefined) void this.#evict(oldest);
  }

  #leastRecentlyUsed(): BudgetEntry | undefined {
    return [...this.#entries]
      .filter(({ pool, depth }) => pool.state === 'loaded' && !pool.isBusy && depth() === 0 && pool.memoryBytes() > 0)
      .sort((a, b) => a.pool.lastUsed - b.pool.lastUsed)[0];
  }

  async #evict({ pool, label }: BudgetEntry): Promise<void> {
    this.#options.log.info({ model: label, bytes: pool.memoryBytes() }, 'a model is unloaded until its next request');
    await pool.evict();
  }

  #noRoom(needed: number): ServiceError {
    const message = `the model needs about ${mebibytes(needed)} of memory, and models in use take ${mebibytes(this.usedBytes())} of ${mebibytes(this.limitBytes)}; unload others, or raise ATHANOR_INFERENCE_MODEL_MEMORY_MB`;
    return new ServiceError('RESOURCE_EXHAUSTED', message, { reason: 'OUT_OF_MEMORY' });
  }
}
