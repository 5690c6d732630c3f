import { Worker } from 'node:worker_threads';
import type { BlobStore } from '@athanor/blobs';
import { ServiceError } from '@athanor/service/errors';
import { FormatError } from '../formats/rows.js';
import { holdsImages } from './images.js';
import { type PrepareTableOptions, prepareTable } from './prepare-table.js';
import type { OnPhase, PreparationPlan, PreparedVersion } from './prepared-version.js';
import type { BlobLocation, WorkerInput, WorkerMessage } from './worker.js';

export type { BlobLocation };

export interface RunOptions {
  readonly blobs: BlobStore;
  /** Of the same store, for a thread that opens its own. */
  readonly location: BlobLocation;
  readonly limits: PrepareTableOptions['limits'];
  readonly onPhase: OnPhase;
  /** When aborted, the thread or process ends. */
  readonly signal: AbortSignal;
}

/** Prepares a version: images in a thread, a table in a child process. Throws INVALID_ARGUMENT if the data is at fault. */
export async function runPreparation(plan: PreparationPlan, options: RunOptions): Promise<PreparedVersion> {
  options.signal.throwIfAborted();
  try {
    const isImages = await holdsImages(plan, options);
    return await (isImages ? prepareInThread(plan, options) : prepareTable(plan, options));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new ServiceError('INVALID_ARGUMENT', error.message, { reason: 'BAD_DATA', cause: error });
  }
}

async function prepareInThread(
  plan: PreparationPlan,
  { location, onPhase, signal }: RunOptions,
): Promise<PreparedVersion> {
  const input: WorkerInput = { plan, blobs: location };
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: input });
  // Its exit settles the promise.
  const terminate = () => void worker.terminate();
  signal.addEventListener('abort', terminate, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      worker.on('message', (message: WorkerMessage) => {
        if (message.kind === 'phase') onPhase(message.phase, message.completed, message.total);
        else if (message.kind === 'done') resolve(message.version);
        else if (message.kind === 'failed')
          reject(Object.assign(new Error(message.message), { kind: message.errorKind }));
        else reject(new FormatError(message.message));
      });
      worker.once('error', reject);
      worker.once('exit', code => reject(new Error(`the preparation thread ended with ${code} before it was done`)));
    });
  } finally {
    signal.removeEventListener('abort', terminate);
  }
}
