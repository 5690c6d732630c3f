import { isBlobError } from '@athanor/blobs';
import { CODE_NUMBERS, crashPoint, ServiceError, type Telemetry } from '@athanor/service';
import type { DatasetVersionRow } from '../store/datasets.js';
import {
  extendPreparation,
  failPreparation,
  finishPreparation,
  keyOf,
  takePreparation,
  type VersionKey,
} from '../store/datasets.js';
import type { PreparationPhase } from '../store/tables.js';
import type { Db } from '../store/uploads.js';
import type { PreparedVersion } from './prepare.js';
import { type BlobLocation, runPreparation } from './run-preparation.js';

const LEASE_MS = 10_000;
const RENEW_MS = 2_500;
const POLL_MS = 1_000;

export interface PreparerOptions {
  readonly db: Db;
  readonly blobs: BlobLocation;
  readonly log: Telemetry['log'];
  /** Something was committed that the outbox must tell. */
  readonly onCommit: () => void;
}

/** Prepares versions one after another, those too that another process began and left. */
export class Preparer {
  readonly #options: PreparerOptions;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: PreparerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.wake(), POLL_MS);
    this.wake();
  }

  wake(): void {
    this.#work = this.#work
      .then(() => this.#drain())
      .catch(error => {
        this.#options.log.error({ err: error }, 'preparing failed; it is tried again');
      });
  }

  /** Ends after the version at hand. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#work;
  }

  async #drain(): Promise<void> {
    const { db } = this.#options;
    while (!this.#stopped) {
      const row = await db.transaction().execute(trx => takePreparation(trx, LEASE_MS));
      if (row === undefined) return;
      await this.#prepare(row);
    }
  }

  async #prepare(row: DatasetVersionRow): Promise<void> {
    const { db, log, onCommit } = this.#options;
    const key = keyOf(row);
    log.info(key, 'preparing a dataset version');
    try {
      const result = await this.#underLease(key, row);
      crashPoint('ingest.before-ready');
      await db.transaction().execute(trx => finishPreparation(trx, key, result));
    } catch (error) {
      const failure = toFailure(error);
      if (failure === undefined) throw error;
      log.warn({ ...key, err: error }, 'a dataset version could not be prepared');
      await db.transaction().execute(trx => failPreparation(trx, key, failure));
    }
    crashPoint('ingest.after-ready');
    onCommit();
  }

  async #underLease(key: VersionKey, row: DatasetVersionRow): Promise<PreparedVersion> {
    const { db, blobs, log } = this.#options;
    let latest: PreparationPhase = row.progress;
    const renew = () =>
      extendPreparation(db, key, { leaseMs: LEASE_MS, progress: latest }).catch(error => {
        log.warn({ ...key, err: error }, 'the lease of a preparation could not be renewed');
      });
    const timer = setInterval(() => void renew(), RENEW_MS);
    try {
      return await runPreparation(row.plan, blobs, (phase, completed, total) => {
        const changed = phase !== latest.phase;
        latest = { phase, completed, total };
        if (changed) void renew();
      });
    } finally {
      clearInterval(timer);
    }
  }
}

/** What the user must set right ends the version; what may pass (a full disk, a lost connection) is tried again. */
function toFailure(error: unknown): { code: number; message: string } | undefined {
  if (error instanceof ServiceError) return { code: CODE_NUMBERS[error.code], message: error.message };
  if (isBlobError(error, 'corrupt') || isBlobError(error, 'not_found')) {
    return { code: CODE_NUMBERS.DATA_LOSS, message: `${error.message}; upload the source again` };
  }
  return undefined;
}
