// Preparation computes for seconds, so it has its own thread and the service keeps responding.
import { parentPort, workerData } from 'node:worker_threads';
import { createBlobStore, type S3StoreOptions } from '@athanor/blobs';
import { FormatError } from '../formats/rows.js';
import { prepareImages } from './prepare-images.js';
import type { PreparationPlan, PreparedVersion } from './prepared-version.js';

/** URL of the blob store; the thread opens its own. */
export interface BlobLocation {
  readonly url: string;
  readonly s3: S3StoreOptions;
}

export interface WorkerInput {
  readonly plan: PreparationPlan;
  readonly blobs: BlobLocation;
}

export type WorkerMessage =
  | { readonly kind: 'phase'; readonly phase: string; readonly completed: number; readonly total: number }
  | { readonly kind: 'done'; readonly version: PreparedVersion }
  /** The data is at fault: the message is for the user. */
  | { readonly kind: 'refused'; readonly message: string }
  /** Any other error. An error loses its class and fields when it leaves a thread, so the relevant ones are copied. */
  | { readonly kind: 'failed'; readonly message: string; readonly errorKind: string | undefined };

const { plan, blobs: location } = workerData as WorkerInput;
const post = (message: WorkerMessage) => parentPort?.postMessage(message);

const blobs = await createBlobStore(location.url, { s3: location.s3 });
try {
  const version = await prepareImages(plan, blobs, (phase, completed, total) =>
    post({ kind: 'phase', phase, completed, total }),
  );
  post({ kind: 'done', version });
} catch (error) {
  const { message, kind: errorKind } = error as Error & { kind?: string };
  post(error instanceof FormatError ? { kind: 'refused', message } : { kind: 'failed', message, errorKind });
} finally {
  await blobs.close();
}
