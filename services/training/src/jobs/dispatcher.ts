import type { TokenAuthority } from '@athanor/service';
import type { Executor, Finding, OnEnd } from '../executors/executor.js';
import { databaseTime, listExpiredAttempts, renewLeases } from '../store/leases.js';
import { type AttemptCare, giveUp, lost, ownOpenAttempts, stopGivenUp, toGiven } from './attempt-care.js';
import { lookAfter, type Sight } from './look-after.js';
import { startNext } from './start-next.js';

const SWEEP_INTERVAL_MS = 1_000;
/** Sweeps lie so far apart now and then although nothing is wrong. */
const SHORTEST_OUTAGE_MS = 3 * SWEEP_INTERVAL_MS;
/** While an executor is away one attempt is tried in so long, and in twice the time after each that could not be started. */
const FIRST_AWAY_PAUSE_MS = 5_000;
const LONGEST_AWAY_PAUSE_MS = 30_000;

export interface DispatcherOptions extends Omit<AttemptCare, 'executor'> {
  readonly tokens: TokenAuthority;
  readonly createExecutor: (onEnd: OnEnd) => Executor;
}

/** Gives queued jobs to the executor, and takes back those whose attempt is gone: what counts is the database. */
export class Dispatcher {
  readonly #care: AttemptCare;
  readonly #tokens: TokenAuthority;
  #timer: NodeJS.Timeout | undefined;
  #sweep: Promise<void> = Promise.resolve();
  #isQueued = false;
  #stopped = false;
  /** Until when this process is known to have reached the database, by the clock of that, which leases are measured by. */
  #reachedAt = 0;
  #awayPauseMs = 0;
  /** By performance.now(). */
  #startAfter = 0;

  constructor({ tokens, createExecutor, ...rest }: DispatcherOptions) {
    this.#tokens = tokens;
    this.#care = { ...rest, executor: createExecutor(end => void this.#afterEnd(end)) };
  }

  /** Attempts that a former process started here are ended or taken over before anything new begins. */
  async start(): Promise<void> {
    const { executor } = this.#care;
    for (const attempt of await ownOpenAttempts(this.#care)) {
      if (await executor.recover(toGiven(attempt))) continue;
      await giveUp(this.#care, attempt.attempt_id, lost('ServiceRestarted', 'the training service was restarted'));
    }
    this.#timer = setInterval(() => this.wake(), SWEEP_INTERVAL_MS);
    this.wake();
  }

  /** Something may have to be done: a job was queued, a slot is free, time has passed. */
  wake(): void {
    // A sweep that has not begun will see it.
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#sweep = this.#sweep
      .then(async () => {
        this.#isQueued = false;
        if (!this.#stopped) await this.#work();
      })
      .catch(error => {
        this.#care.log.error({ err: error }, 'dispatching failed; it is tried again');
      });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#sweep;
    await this.#care.executor.close();
  }

  async #work(): Promise<void> {
    await this.#renewAfterOutage();
    const sight = await lookAfter(this.#care);
    await this.#takeBack(sight);
    await this.#noteReached();
    if (sight !== 'away') await this.#startQueued();
    await this.#noteReached();
  }

  /**
   * Whoever could not reach the database, or was not running, cannot have let attempts renew their leases: they get a lease's
   * time to be heard of before any is given up. That is so at the start as well.
   */
  async #renewAfterOutage(): Promise<void> {
    const { db, leaseMs } = this.#care;
    const now = (await databaseTime(db)).getTime();
    if (now - this.#reachedAt > Math.max(leaseMs / 2, SHORTEST_OUTAGE_MS)) await renewLeases(db, leaseMs);
  }

  async #noteReached(): Promise<void> {
    this.#reachedAt = (await databaseTime(this.#care.db)).getTime();
  }

  /** The database first: it fences what cannot be stopped. */
  async #takeBack(sight: Sight): Promise<void> {
    const { db, executor } = this.#care;
    const expired = (await listExpiredAttempts(db)).filter(
      ({ state, executor_ref }) => sight === 'clear' || state === 'STATE_RUNNING' || !executor.owns(executor_ref),
    );
    const end = lost('LeaseExpired', leaseExpired(this.#care.leaseMs));
    const stops: Promise<void>[] = [];
    for (const attempt of expired) {
      if (await giveUp(this.#care, attempt.attempt_id, end)) stops.push(stopGivenUp(this.#care, toGiven(attempt)));
    }
    await Promise.all(stops);
  }

  async #startQueued(): Promise<void> {
    while (!this.#stopped && performance.now() >= this.#startAfter) {
      const start = await startNext(this.#care, this.#tokens);
      if (start === 'nothing') return;
      this.#awayPauseMs =
        start === 'tried' ? 0 : Math.min(this.#awayPauseMs * 2 || FIRST_AWAY_PAUSE_MS, LONGEST_AWAY_PAUSE_MS);
      this.#startAfter = performance.now() + this.#awayPauseMs;
    }
  }

  async #afterEnd({ attemptId, reason, message }: Finding): Promise<void> {
    await giveUp(this.#care, attemptId, lost(reason, message)).catch(error => {
      this.#care.log.error(
        { attemptId, err: error },
        'the end of an attempt could not be noted; its lease will expire',
      );
    });
    this.wake();
  }
}

function leaseExpired(leaseMs: number): string {
  const why = `no heartbeat for longer than its lease of ${leaseMs / 1_000} s: its process was stopped, or its machine is overloaded or cannot be reached`;
  return `${why}; see the log of that machine or pod, and where this is usual raise LEASE_MS of the training service`;
}
