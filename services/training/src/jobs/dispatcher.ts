import type { TokenAuthority } from '@athanor/service';
import type { Executor, Finding, OnEnd } from '../executors/executor.js';
import { databaseTime, listExpiredAttempts, renewLeases } from '../store/leases.js';
import { type AttemptScope, giveUp, lost, ownOpenAttempts, stopGivenUp, toGiven } from './attempt-lifecycle.js';
import { type Observation, observeAttempts } from './observe-attempts.js';
import { startNext } from './start-next.js';

const SWEEP_INTERVAL_MS = 1_000;
/** Shorter gaps between sweeps are normal. */
const MIN_OUTAGE_MS = 3 * SWEEP_INTERVAL_MS;
/** Back-off between attempts to start one while the executor is unavailable; doubles after each failure. */
const FIRST_BACKOFF_MS = 5_000;
const MAX_BACKOFF_MS = 30_000;

export interface DispatcherOptions extends Omit<AttemptScope, 'executor'> {
  readonly tokens: TokenAuthority;
  readonly createExecutor: (onEnd: OnEnd) => Executor;
}

/** Starts attempts of queued jobs and gives up attempts that are gone. The database is the source of truth. */
export class Dispatcher {
  readonly #scope: AttemptScope;
  readonly #tokens: TokenAuthority;
  #timer: NodeJS.Timeout | undefined;
  #sweep: Promise<void> = Promise.resolve();
  #isQueued = false;
  #stopped = false;
  /** Time of this process's last access to the database, by the database's clock, which also measures leases. */
  #reachedAt = 0;
  #backoffMs = 0;
  /** As given by performance.now(). */
  #startAfter = 0;

  constructor({ tokens, createExecutor, ...rest }: DispatcherOptions) {
    this.#tokens = tokens;
    this.#scope = { ...rest, executor: createExecutor(end => void this.#afterEnd(end)) };
  }

  /** Recovers or gives up the attempts of an earlier process of this replica, before new ones start. */
  async start(): Promise<void> {
    const { executor } = this.#scope;
    for (const attempt of await ownOpenAttempts(this.#scope)) {
      if (await executor.recover(toGiven(attempt))) continue;
      await giveUp(this.#scope, attempt.attempt_id, lost('ServiceRestarted', 'the training service was restarted'));
    }
    this.#timer = setInterval(() => this.wake(), SWEEP_INTERVAL_MS);
    this.wake();
  }

  /** Requests a sweep: a job was queued, a slot is free, or time has passed. */
  wake(): void {
    // A queued sweep that has not started will see the change.
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#sweep = this.#sweep
      .then(async () => {
        this.#isQueued = false;
        if (!this.#stopped) await this.#work();
      })
      .catch(error => {
        this.#scope.log.error({ err: error }, 'dispatching failed; retrying');
      });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#sweep;
    await this.#scope.executor.close();
  }

  async #work(): Promise<void> {
    await this.#renewAfterOutage();
    const observation = await observeAttempts(this.#scope);
    await this.#giveUpExpired(observation);
    await this.#noteReached();
    if (observation !== 'unavailable') await this.#startQueued();
    await this.#noteReached();
  }

  /**
   * While this service was down, or could not reach the database, attempts could not renew their leases. They get a
   * whole lease before any is given up; this includes start-up.
   */
  async #renewAfterOutage(): Promise<void> {
    const { db, leaseMs } = this.#scope;
    const now = (await databaseTime(db)).getTime();
    if (now - this.#reachedAt > Math.max(leaseMs / 2, MIN_OUTAGE_MS)) await renewLeases(db, leaseMs);
  }

  async #noteReached(): Promise<void> {
    this.#reachedAt = (await databaseTime(this.#scope.db)).getTime();
  }

  /**
   * Gives up attempts whose lease has expired. The database is updated first, which fences a process that cannot be
   * stopped.
   */
  async #giveUpExpired(observation: Observation): Promise<void> {
    const { db, executor } = this.#scope;
    const expired = (await listExpiredAttempts(db)).filter(
      ({ state, executor_ref }) => observation === 'clear' || state === 'STATE_RUNNING' || !executor.owns(executor_ref),
    );
    const end = lost('LeaseExpired', leaseExpired(this.#scope.leaseMs));
    const stops: Promise<void>[] = [];
    for (const attempt of expired) {
      if (await giveUp(this.#scope, attempt.attempt_id, end)) stops.push(stopGivenUp(this.#scope, toGiven(attempt)));
    }
    await Promise.all(stops);
  }

  async #startQueued(): Promise<void> {
    while (!this.#stopped && performance.now() >= this.#startAfter) {
      const start = await startNext(this.#scope, this.#tokens);
      if (start === 'nothing') return;
      this.#backoffMs = start === 'tried' ? 0 : Math.min(this.#backoffMs * 2 || FIRST_BACKOFF_MS, MAX_BACKOFF_MS);
      this.#startAfter = performance.now() + this.#backoffMs;
    }
  }

  async #afterEnd({ attemptId, reason, message }: Finding): Promise<void> {
    await giveUp(this.#scope, attemptId, lost(reason, message)).catch(error => {
      this.#scope.log.error(
        { attemptId, err: error },
        'the end of an attempt could not be recorded; its lease will expire',
      );
    });
    this.wake();
  }
}

function leaseExpired(leaseMs: number): string {
  const why = `no heartbeat for longer than its lease of ${leaseMs / 1_000} s: its process was stopped, or its machine is overloaded or cannot be reached`;
  return `${why}; see the log of that machine or pod, and where this is usual raise LEASE_MS of the training service`;
}
