// Preparation computes for seconds: it has a thread of its own, so that the service goes on answering.
import { parentPort, workerData } from 'node:worker_threads';
import { createBlobStore } from '@athanor/blobs';
import { FormatError } from '../formats/rows.js';
import { type PreparationPlan, type PreparedVersion, prepareVersion } from './prepare.js';

export interface WorkerInput {
  readonly plan: PreparationPlan;
  readonly blobUrl: string;
}

export type WorkerMessage =
  | { readonly kind: 'phase'; readonly phase: string; readonly completed: number; readonly total: number }
  | { readonly kind: 'done'; readonly version: PreparedVersion }
  /** The data is at fault: the message is for the user. */
  | { readonly kind: 'refused'; readonly message: string };

const { plan, blobUrl } = workerData as WorkerInput;
const post = (message: WorkerMessage) => parentPort?.postMessage(message);

const blobs = await createBlobStore(blobUrl);
try {
  const version = await prepareVersion(plan, blobs, (phase, completed, total) => post({ kind: 'phase', phase, completed, total }));
  post({ kind: 'done', version });
} catch (error) {
  if (!(error instanceof FormatError)) throw error;
  post({ kind: 'refused', message: error.message });
} finally {
  await blobs.close();
}
