import { type Instances, type Pending, schedulerStopping } from '@athanor/serving';
import { type BatchOutcome, failAll } from './batch-run.js';
import { CrashHistory } from './crash-history.js';
import { type Instance, InstanceLost, type StartInstance } from './instance.js';
import { mebibytes } from './mebibytes.js';
import { quarantined } from './pool-errors.js';

// The instances of one model: started together, restarted when they crash, replaced when they take too much memory,
// unloaded while others need the memory. Batches that were lost with an instance are rerun, request by request.

export interface PoolOptions {
  readonly count: number;
  /** Starts an instance that is loaded and warm. */
  readonly start: StartInstance;
  /** Runs a batch and answers its sinks, unless it is to be rerun. */
  readonly runBatch: (instance: Instance, batch: readonly Pending[]) => Promise<BatchOutcome>;
  /** Resident bytes of an instance after which it is replaced. */
  readonly memoryLimitBytes: number;
  readonly refused: (waitedMs: number) => void;
  readonly onRestart: () => void;
  /** It has crashed too often; nothing is started any more. */
  readonly onGivenUp: (reason: string) => void;
}

export type SlotState = 'starting' | 'idle' | 'busy' | 'backoff' | 'stopped';

interface Slot {
  state: SlotState;
  instance: Instance | undefined;
  /** Why its instance is to be replaced after its run. */
  replaceReason: string | undefined;
}

export type PoolState = 'loaded' | 'evicted' | 'given-up' | 'stopped';

/** A start that failed for want of memory or a device is repeated after this time, and is no crash. */
const UNAVAILABLE_RETRY_MS = 1_000;

export class InstancePool implements Instances {
  readonly #options: PoolOptions;
  readonly #slots: Slot[];
  readonly #stopping = new AbortController();
  /** Batches that were lost or failed, as single requests. */
  #again: Pending[] = [];
  #onQuiet: (() => void)[] = [];
  readonly history = new CrashHistory();
  state: PoolState = 'evicted';
  /** Called when an instance is free. */
  onFree: () => void = () => undefined;
  /** performance.now() of the last request. */
  lastUsed = performance.now();
  /** Resident bytes of all instances after they were started. */
  baselineBytes = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.count }, () => ({
      ...{ state: 'stopped', instance: undefined, replaceReason: undefined },
    }));
  }

  get count(): number {
    return this.#slots.length;
  }

  get free(): number {
    if (this.#again.length > 0) return 0;
    let free = 0;
    for (const { state } of this.#slots) if (state === 'idle') free++;
    return free;
  }

  get slots(): readonly Readonly<Slot>[] {
    return this.#slots;
  }

  get isReady(): boolean {
    return this.#slots.some(({ state }) => state === 'idle' || state === 'busy');
  }

  get isBusy(): boolean {
    return this.#again.length > 0 || this.#slots.some(({ state }) => state === 'busy');
  }

  /** Resident bytes of its processes. */
  memoryBytes(): number {
    return this.#slots.reduce((sum, { instance }) => sum + (instance?.memoryBytes() ?? 0), 0);
  }

  /** Starts all instances. Throws what the first failure throws, with nothing left behind. */
  async start(): Promise<void> {
    this.state = 'loaded';
    try {
      await Promise.all(this.#slots.map(slot => this.#start(slot)));
    } catch (error) {
      this.#stopping.abort();
      await this.stop();
      throw error;
    }
    this.baselineBytes = this.memoryBytes();
  }

  /** To be called for each request: an evicted model is reloaded. */
  touch(): void {
    this.lastUsed = performance.now();
    if (this.state !== 'evicted') return;
    this.state = 'loaded';
    for (const slot of this.#slots) void this.#restart(slot, 0);
  }

  run(batch: readonly Pending[]): void {
    const slot = this.#slots.find(({ state }) => state === 'idle');
    if (slot === undefined) throw new Error('a batch was scheduled without a free instance');
    this.#run(slot, batch);
  }

  refused(waitedMs: number): void {
    this.#options.refused(waitedMs);
  }

  /** Gives the memory back; the next request reloads the model. Only for a pool without work. */
  async evict(): Promise<void> {
    this.state = 'evicted';
    await Promise.all(this.#slots.map(slot => this.#stop(slot)));
  }

  /** Replaces idle instances, and busy ones after their run; used when a model's memory has grown. */
  replaceAll(reason: string): void {
    for (const slot of this.#slots) {
      if (slot.state === 'idle') this.#replace(slot, reason);
      else if (slot.state === 'busy') slot.replaceReason = reason;
    }
  }

  /** Ends instances whose run takes far more memory than allowed. */
  killOversized(factor: number): void {
    for (const { state, instance } of this.#slots) {
      const bytes = state === 'busy' ? (instance?.memoryBytes() ?? 0) : 0;
      if (bytes > this.#options.memoryLimitBytes * factor) instance?.kill(this.#oversized(bytes));
    }
  }

  /** Waits for runs, then ends the instances. */
  async stop(): Promise<void> {
    if (this.isBusy && this.state === 'loaded') await new Promise<void>(resolve => this.#onQuiet.push(resolve));
    if (this.state !== 'given-up') this.state = 'stopped';
    this.#stopping.abort();
    failAll(this.#again.splice(0), this.ended());
    await Promise.all(this.#slots.map(slot => this.#stop(slot)));
  }

  async #start(slot: Slot): Promise<void> {
    slot.state = 'starting';
    const instance = await this.#options.start(this.#stopping.signal);
    if (this.state !== 'loaded') return await instance.stop();
    Object.assign(slot, { instance, state: 'idle', replaceReason: undefined });
    void instance.lost.then(error => this.#crashed(slot, instance, error));
    this.#next(slot);
  }

  #run(slot: Slot, batch: readonly Pending[]): void {
    slot.state = 'busy';
    const instance = slot.instance!;
    void this.#options.runBatch(instance, batch).then(outcome => {
      if (outcome === 'done') this.history.succeeded();
      if (outcome === 'again') this.#runAgain(batch);
      if (slot.instance === instance && slot.state === 'busy') this.#free(slot, instance);
      else this.#settleIfQuiet();
    });
  }

  #runAgain(batch: readonly Pending[]): void {
    if (this.state === 'loaded') this.#again.push(...batch);
    else failAll(batch, this.ended());
    for (const slot of this.#slots) if (slot.state === 'idle') this.#next(slot);
  }

  #free(slot: Slot, instance: Instance): void {
    slot.state = 'idle';
    const bytes = instance.memoryBytes() ?? 0;
    const reason = bytes > this.#options.memoryLimitBytes ? this.#oversized(bytes) : slot.replaceReason;
    if (reason === undefined) this.#next(slot);
    else this.#replace(slot, reason);
  }

  #next(slot: Slot): void {
    const pending = this.#again.shift();
    if (pending !== undefined) {
      this.#run(slot, [pending]);
      return;
    }
    this.#settleIfQuiet();
    this.onFree();
  }

  #replace(slot: Slot, reason: string): void {
    this.history.restarted(reason);
    this.#options.onRestart();
    void this.#stop(slot).then(() => this.#restart(slot, 0));
  }

  #crashed(slot: Slot, instance: Instance, error: InstanceLost): void {
    if (slot.instance !== instance) return;
    slot.instance = undefined;
    this.#afterCrash(slot, error);
  }

  #afterCrash(slot: Slot, error: InstanceLost): void {
    const delayMs = this.history.crashed(error.message);
    this.#options.onRestart();
    if (delayMs === undefined) this.#giveUp(error.message);
    else void this.#restart(slot, delayMs);
  }

  async #restart(slot: Slot, delayMs: number): Promise<void> {
    slot.state = delayMs === 0 ? 'starting' : 'backoff';
    if (delayMs > 0) await new Promise(resolve => setTimeout(resolve, delayMs).unref());
    if (this.state !== 'loaded') return;
    try {
      await this.#start(slot);
    } catch (error) {
      if (this.state !== 'loaded') return;
      if (error instanceof InstanceLost) this.#afterCrash(slot, error);
      else void this.#restart(slot, UNAVAILABLE_RETRY_MS);
    }
  }

  #giveUp(reason: string): void {
    if (this.state === 'given-up') return;
    this.state = 'given-up';
    failAll(this.#again.splice(0), this.ended());
    this.#options.onGivenUp(reason);
    for (const slot of this.#slots) void this.#stop(slot);
    this.#settleIfQuiet();
  }

  async #stop(slot: Slot): Promise<void> {
    const { instance } = slot;
    slot.instance = undefined;
    slot.state = 'stopped';
    await instance?.stop();
  }

  #settleIfQuiet(): void {
    if (!this.isBusy) for (const settle of this.#onQuiet.splice(0)) settle();
  }

  /** Why no batch runs any more. */
  ended(): Error {
    return this.state === 'given-up' ? quarantined(this.history.recent[0]?.reason ?? '') : schedulerStopping();
  }

  #oversized(bytes: number): string {
    return `its process took ${mebibytes(bytes)} of memory, more than the limit of ${mebibytes(this.#options.memoryLimitBytes)}`;
  }
}
