import { CODE_NUMBERS, crashPoint, ServiceError, type Telemetry } from '@athanor/service';
import { translateFailure } from '@athanor/service/errors';
import type { DatasetVersionRow } from '../store/datasets.js';
import {
  deferPreparation,
  extendPreparation,
  failPreparation,
  finishPreparation,
  releasePreparation,
  type TakenVersion,
  takenOf,
  takePreparation,
} from '../store/preparations.js';
import type { Db, PreparationPhase } from '../store/tables.js';
import type { OnPhase, PreparationPlan, PreparedVersion } from './prepared-version.js';

const LEASE_MS = 10_000;
const RENEW_MS = 2_500;
const POLL_MS = 500;
/**
 * Maximum attempts for transient errors, with growing back-off; then the version is FAILED, so that watchers do not
 * wait forever.
 */
const MAX_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 500;

export interface PreparerOptions {
  readonly db: Db;
  /** Prepares a version. Takes seconds, so it must not run in this thread. Rejects soon after the signal is aborted. */
  readonly prepare: (plan: PreparationPlan, onPhase: OnPhase, signal: AbortSignal) => Promise<PreparedVersion>;
  readonly log: Telemetry['log'];
  /** Versions that are prepared at the same time; further ones are queued. */
  readonly maxImports: number;
  /** Called after a commit that appended to the outbox. */
  readonly onCommit: () => void;
}

/**
 * Prepares versions in the order of their creation, some at the same time, including those that another process started
 * and left. The queue is in the database.
 */
export class Preparer {
  readonly #options: PreparerOptions;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #taking: Promise<void> = Promise.resolve();
  #isWoken = false;
  readonly #running = new Set<Promise<void>>();

  constructor(options: PreparerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.wake(), POLL_MS);
    this.wake();
  }

  wake(): void {
    // A pass that has not started will find it, and the end of a preparation wakes it.
    if (this.#isWoken || this.#running.size >= this.#options.maxImports) return;
    this.#isWoken = true;
    this.#taking = this.#taking
      .then(() => {
        this.#isWoken = false;
        return this.#takeAll();
      })
      .catch(error => this.#logRetry(error));
  }

  /** Releases the current versions: a large one takes longer than the termination grace period of a pod. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the preparer is stopping'));
    clearInterval(this.#timer);
    await this.#taking;
    await Promise.all(this.#running);
  }

  async #takeAll(): Promise<void> {
    const { db, maxImports } = this.#options;
    while (!this.#stopping.signal.aborted && this.#running.size < maxImports) {
      const row = await db.transaction().execute(trx => takePreparation(trx, LEASE_MS));
      if (row === undefined) return;
      const work = this.#prepare(row)
        .catch(error => this.#logRetry(error))
        .finally(() => {
          this.#running.delete(work);
          if (!this.#stopping.signal.aborted) this.wake();
        });
      this.#running.add(work);
    }
  }

  #logRetry(error: unknown): void {
    this.#options.log.error({ err: error }, 'preparing failed; retrying');
  }

  async #prepare(row: DatasetVersionRow): Promise<void> {
    const { db, log, onCommit } = this.#options;
    const taken = takenOf(row);
    log.info({ ...taken }, 'preparing a dataset version');
    try {
      if (row.attempts > MAX_ATTEMPTS) throw neverFinished();
      const result = await this.#underLease(taken, row);
      crashPoint('ingest.before-ready');
      await db.transaction().execute(trx => finishPreparation(trx, taken, result));
    } catch (error) {
      if (error === LOST) return log.info({ ...taken }, 'a dataset version was cancelled or taken over');
      const failure = toFailure(error) ?? (row.attempts >= MAX_ATTEMPTS ? givenUp(error) : undefined);
      if (this.#stopping.signal.aborted && !(error instanceof ServiceError)) {
        log.info({ ...taken }, 'released a dataset version, to be prepared by another process');
        return await releasePreparation(db, taken);
      }
      if (failure === undefined) {
        log.error({ ...taken, err: error }, 'preparing a dataset version failed; retrying');
        return await deferPreparation(db, taken, FIRST_PAUSE_MS * 2 ** (row.attempts - 1));
      }
      log.warn({ ...taken, err: error }, 'a dataset version could not be prepared');
      await db.transaction().execute(trx => failPreparation(trx, taken, failure));
    }
    crashPoint('ingest.after-ready');
    onCommit();
  }

  async #underLease(taken: TakenVersion, row: DatasetVersionRow): Promise<PreparedVersion> {
    const { db, prepare, log } = this.#options;
    let latest: PreparationPhase = row.progress;
    let renewing: Promise<void> = Promise.resolve();
    const lost = new AbortController();
    const renew = () => {
      renewing = extendPreparation(db, taken, { leaseMs: LEASE_MS, progress: latest })
        .then(isHeld => {
          if (!isHeld) lost.abort(LOST);
        })
        .catch(error => {
          log.warn({ ...taken, err: error }, 'the lease of a preparation could not be renewed');
        });
    };
    const timer = setInterval(renew, RENEW_MS);
    const onPhase: OnPhase = (phase, completed, total) => {
      const changed = phase !== latest.phase;
      latest = { phase, completed, total };
      if (changed) renew();
    };
    try {
      return await prepare(row.plan, onPhase, AbortSignal.any([this.#stopping.signal, lost.signal]));
    } catch (error) {
      throw lost.signal.aborted ? LOST : error;
    } finally {
      clearInterval(timer);
      // A renewal after the version was released would delay the next preparer.
      await renewing;
    }
  }
}

/** Why a preparation ends whose version is no longer this preparer's. */
const LOST = new Error('the lease of the version was lost');

interface Failure {
  readonly code: number;
  readonly message: string;
}

/**
 * The error that ends the version if the user must correct it; undefined for transient errors (a full disk, a lost
 * connection).
 */
function toFailure(error: unknown): Failure | undefined {
  if (error instanceof ServiceError) return { code: CODE_NUMBERS[error.code], message: error.message };
  const { kind, message } = error as Error & { kind?: unknown };
  if (kind !== 'corrupt' && kind !== 'not_found') return undefined;
  const text = `a stored source is damaged or gone: ${message}; upload the source again`;
  return { code: CODE_NUMBERS.DATA_LOSS, message: text };
}

function givenUp(error: unknown): Failure {
  const { code, message } =
    translateFailure(error) ?? new ServiceError('INTERNAL', "an internal error; see the service's log");
  return {
    code: CODE_NUMBERS[code],
    message: `${message} (tried ${MAX_ATTEMPTS} times); then create the version again`,
  };
}

function neverFinished(): ServiceError {
  const message = `the service ended ${MAX_ATTEMPTS} times while it prepared this version`;
  const remedy = 'give the service more memory, or make the sources smaller';
  return new ServiceError('RESOURCE_EXHAUSTED', `${message}; ${remedy}`, { reason: 'PREPARATION_CRASHED' });
}
