// Entry of the heartbeat thread: at least four heartbeats in a lease, and one for each change that the main thread reports.
import { parentPort, workerData } from 'node:worker_threads';
import { RpcError } from '@athanor/client';
import type { ProgressInput } from '@athanor/contracts/training';
import { AttemptClient } from './attempt-client.js';
import type { FromThread, HeartbeatWork, ToThread } from './heartbeat-protocol.js';

const { order, epoch, leaseMs } = workerData as HeartbeatWork;
const client = new AttemptClient(order, epoch);
let phase = '';
let progress: ProgressInput | undefined;
let current: Promise<void> | undefined;
let next: Promise<void> | undefined;

const post = (message: FromThread) => parentPort?.postMessage(message);

/** Sends a heartbeat with the newest phase and progress; one is in flight at a time, and what changes meanwhile shares the next. */
function beat(): Promise<void> {
  if (current === undefined) {
    current = send().finally(() => {
      current = undefined;
    });
    return current;
  }
  next ??= current
    .catch(() => undefined)
    .then(() => {
      next = undefined;
      return beat();
    });
  return next;
}

async function send(): Promise<void> {
  try {
    if (!(await client.heartbeat(phase, progress))) post({ kind: 'stop' });
  } catch (error) {
    if (error instanceof RpcError && error.code === 'ABORTED') post({ kind: 'stop' });
    throw error;
  }
}

parentPort?.on('message', (message: ToThread) => {
  progress = message.progress ?? progress;
  if (message.phase === undefined) {
    // The next heartbeat tells it too.
    beat().catch(() => undefined);
    return;
  }
  phase = message.phase;
  beat().then(
    () => post({ kind: 'entered' }),
    (error: Error) => post({ kind: 'failed', code: codeOf(error), message: error.message }),
  );
});

// A single lost heartbeat does no harm; the service gives the attempt up when a lease's time passes without any.
setInterval(() => void beat().catch(() => undefined), leaseMs / 4);

function codeOf(error: Error): string {
  return error instanceof RpcError ? error.code : 'INTERNAL';
}
