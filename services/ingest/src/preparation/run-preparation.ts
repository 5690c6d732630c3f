import { Worker } from 'node:worker_threads';
import type { BlobStore } from '@athanor/blobs';
import { ServiceError } from '@athanor/service/errors';
import { FormatError } from '../formats/rows.js';
import { LABEL } from '../images/version/columns.js';
import { type ContentKind, contentKindOf } from './content-kind.js';
import { prepareArchives } from './prepare-archives.js';
import { type PrepareOptions, prepareTable } from './prepare-table.js';
import type { OnPhase, PreparationPlan, PreparedVersion } from './prepared-version.js';
import type { BlobLocation, WorkerInput, WorkerMessage } from './worker.js';

export type { BlobLocation };

export interface RunOptions {
  readonly blobs: BlobStore;
  /** Of the same store, for a thread that opens its own. */
  readonly location: BlobLocation;
  readonly limits: PrepareOptions['limits'];
  readonly onPhase: OnPhase;
  /** When aborted, the thread or process ends. */
  readonly signal: AbortSignal;
}

type Prepare = (plan: PreparationPlan, options: RunOptions) => Promise<PreparedVersion>;

/** IDX files in a thread; what needs foreign code to be read, in a child process. */
const PREPARE: Readonly<Record<ContentKind, Prepare>> = {
  idx: prepareInThread,
  archive: prepareArchives,
  table: prepareTable,
};

/** Prepares a version. Throws INVALID_ARGUMENT if the data is at fault. */
export async function runPreparation(plan: PreparationPlan, options: RunOptions): Promise<PreparedVersion> {
  options.signal.throwIfAborted();
  try {
    const kind = await contentKindOf(plan, options);
    expectSuitable(plan, kind);
    return await PREPARE[kind](plan, options);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new ServiceError('INVALID_ARGUMENT', error.message, { reason: 'BAD_DATA', cause: error });
  }
}

/** Throws FormatError for options that would have no effect on such sources. */
function expectSuitable({ images, targets }: PreparationPlan, kind: ContentKind): void {
  const isSaid = images?.size !== undefined || images?.labelsFile !== undefined;
  if (kind !== 'archive' && isSaid)
    throw new FormatError(
      `expected an archive of images for --image-size and --labels, got ${kind === 'idx' ? 'IDX files' : 'a table'}; leave these options out`,
    );
  const others = targets.filter(name => name !== LABEL);
  if (kind === 'archive' && others.length > 0)
    throw new FormatError(
      `expected the target '${LABEL}' of an archive of images, got ${others.join(', ')}; leave --target out`,
    );
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
