import { Worker } from 'node:worker_threads';
import { ServiceError } from '@athanor/service/errors';
import type { OnPhase, PreparationPlan, PreparedVersion } from './prepare.js';
import type { BlobLocation, WorkerInput, WorkerMessage } from './worker.js';

export type { BlobLocation };

export interface RunOptions {
  readonly blobs: BlobLocation;
  readonly onPhase: OnPhase;
  /** When aborted, the thread is terminated. */
  readonly signal: AbortSignal;
}

/** Prepares a version in a thread. Throws INVALID_ARGUMENT if the data is at fault. */
export async function runPreparation(
  plan: PreparationPlan,
  { blobs, onPhase, signal }: RunOptions,
): Promise<PreparedVersion> {
  signal.throwIfAborted();
  const input: WorkerInput = { plan, blobs };
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
        else reject(new ServiceError('INVALID_ARGUMENT', message.message, { reason: 'BAD_DATA' }));
      });
      worker.once('error', reject);
      worker.once('exit', code => reject(new Error(`the preparation thread ended with ${code} before it was done`)));
    });
  } finally {
    signal.removeEventListener('abort', terminate);
  }
}
