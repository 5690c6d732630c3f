import { crashPoint, ServiceError, type Telemetry, type TokenAuthority } from '@athanor/service';
import type { AttemptEnd } from '../attempts/attempt-state.js';
import type { Executor, Finding, GivenAttempt, OnEnd } from '../executors/executor.js';
import { endAttempt } from '../store/attempt-end.js';
import {
  beginAttempt,
  holdJob,
  listExpiredAttempts,
  listOpenAttempts,
  noteWaiting,
  setExecutorRef,
} from '../store/attempts.js';
import type { AttemptRow, Db, Trx } from '../store/jobs.js';
import { newAttemptId } from './job-id.js';

const SWEEP_INTERVAL_MS = 1_000;
/** gRPC UNAVAILABLE: the code of a job that fails because its attempts were lost. */
const LOST = 14;

export interface DispatcherOptions {
  readonly db: Db;
  readonly tokens: TokenAuthority;
  readonly log: Telemetry['log'];
  readonly leaseMs: number;
  readonly maxAttempts: number;
  readonly createExecutor: (onEnd: OnEnd) => Executor;
}

/** Gives queued jobs to the executor, and takes back those whose attempt is gone: what counts is the database. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #executor: Executor;
  #timer: NodeJS.Timeout | undefined;
  #sweep: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#executor = options.createExecutor(end => void this.#afterEnd(end));
  }

  /** Attempts that a former process started here are ended or taken over before anything new begins. */
  async start(): Promise<void> {
    for (const attempt of await this.#ownOpenAttempts()) {
      if (await this.#executor.recover(toGiven(attempt))) continue;
      await this.#giveUp(attempt.attempt_id, 'ServiceRestarted', 'the training service was restarted');
    }
    this.#timer = setInterval(() => this.wake(), SWEEP_INTERVAL_MS);
    this.wake();
  }

  /** Something may have to be done: a job was queued, a slot is free, time has passed. */
  wake(): void {
    this.#sweep = this.#sweep
      .then(() => (this.#stopped ? undefined : this.#work()))
      .catch(error => {
        this.#options.log.error({ err: error }, 'dispatching failed; it is tried again');
      });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#sweep;
    await this.#executor.close();
  }

  async #work(): Promise<void> {
    const { db } = this.#options;
    await this.#observe();
    for (const attempt of await listExpiredAttempts(db)) {
      await this.#executor.stop(toGiven(attempt));
      const message = 'it has not been heard of for longer than its lease';
      await this.#giveUp(attempt.attempt_id, 'LeaseExpired', message);
    }
    while (!this.#stopped && (await this.#ownOpenAttempts()).length < this.#executor.slots) {
      if (!(await this.#startNext())) return;
    }
  }

  /** Another replica's attempts are its own business, and its leases' when it is gone. */
  async #ownOpenAttempts(): Promise<AttemptRow[]> {
    const open = await listOpenAttempts(this.#options.db);
    return open.filter(({ executor_ref }) => this.#executor.owns(executor_ref));
  }

  /** False where no job is queued. */
  async #startNext(): Promise<boolean> {
    const { db, tokens, leaseMs, log } = this.#options;
    const { place } = this.#executor;
    const begin = (trx: Trx) => beginAttempt(trx, { attemptId: newAttemptId(), place, leaseMs });
    const attempt: AttemptRow | undefined = await db.transaction().execute(begin);
    if (attempt === undefined) return false;
    crashPoint('training.after-begin');
    const { attempt_id: attemptId, job_id: jobId, tenant } = attempt;
    try {
      const token = await tokens.attemptToken(attemptId, tenant);
      const executorRef = await this.#executor.start({ attemptId, jobId, token });
      await setExecutorRef(db, attemptId, executorRef);
      log.info({ jobId, attemptId, executorRef }, 'attempt started');
    } catch (error) {
      log.error({ jobId, attemptId, err: error }, 'the attempt could not be started');
      await this.#giveUp(attemptId, 'StartFailed', `it could not be started: ${(error as Error).message}`);
    }
    return true;
  }

  /** Asks where the attempts run what became of them: one that waits keeps its lease, one that is gone is given up. */
  async #observe(): Promise<void> {
    const { db, leaseMs, log } = this.#options;
    const open = await this.#ownOpenAttempts();
    const { waiting, ended } = await this.#executor.observe(open.map(toGiven));
    for (const { attemptId, reason, message } of waiting) {
      const isNew = await db.transaction().execute(trx => noteWaiting(trx, { attemptId, reason, message, leaseMs }));
      if (isNew) log.info({ attemptId, reason }, message);
    }
    for (const { attemptId, reason, message } of ended) await this.#giveUp(attemptId, reason, message);
  }

  async #afterEnd({ attemptId, reason, message }: Finding): Promise<void> {
    await this.#giveUp(attemptId, reason, message).catch(error => {
      this.#options.log.error(
        { attemptId, err: error },
        'the end of an attempt could not be noted; its lease will expire',
      );
    });
    this.wake();
  }

  /** Notes that an attempt is gone; one that has ended properly meanwhile stays as it is. */
  async #giveUp(attemptId: string, reason: string, message: string): Promise<void> {
    const { db, maxAttempts, log } = this.#options;
    const end: AttemptEnd = { state: 'STATE_ABORTED', code: LOST, reason, message, retryable: true };
    const given = await db.transaction().execute(async trx => {
      const held = await holdJob(trx, attemptId, undefined).catch(unlessStale);
      if (held === undefined) return false;
      await endAttempt(trx, held, { ...end, maxAttempts });
      return true;
    });
    if (given) log.warn({ attemptId, reason }, message);
  }
}

function toGiven({ attempt_id, executor_ref }: AttemptRow): GivenAttempt {
  return { attemptId: attempt_id, executorRef: executor_ref };
}

/** An attempt that does not hold its job any more needs no end; any other trouble is one. */
function unlessStale(error: unknown): undefined {
  if (!(error instanceof ServiceError && error.data.reason === 'STALE_ATTEMPT')) throw error;
}
