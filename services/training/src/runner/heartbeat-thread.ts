// Entry point of the heartbeat thread: at least four heartbeats per lease, and one for each change that the main thread
// reports.
import { parentPort, workerData } from 'node:worker_threads';
import { RpcError } from '@athanor/client';
import type { ProgressInput } from '@athanor/contracts/training';
import { AttemptClient } from './attempt-client.js';
import type { FromThread, HeartbeatWork, ToThread } from './heartbeat-protocol.js';

/** gRPC's number. */
const DEADLINE_EXCEEDED = 4;
/** No step takes this long: a device or a native library hangs, and nothing else would detect it. */
const MAX_SILENCE_MS = 15 * 60_000;

const { order, epoch, leaseMs, maxSilenceMs = MAX_SILENCE_MS } = workerData as HeartbeatWork;
const client = new AttemptClient(order, epoch);
let phase = '';
let progress: ProgressInput | undefined;
let lastMessageAt = performance.now();
let current: Promise<void> | undefined;
let next: Promise<void> | undefined;

const post = (message: FromThread) => parentPort?.postMessage(message);

/**
 * Sends a heartbeat with the newest phase and progress. One is in flight at a time; changes in between are sent with
 * the next.
 */
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
  lastMessageAt = performance.now();
  progress = message.progress ?? progress;
  if (message.phase === undefined) {
    // A lost heartbeat does no harm: the next one carries the progress too.
    if (message.progress !== undefined) beat().catch(() => undefined);
    return;
  }
  phase = message.phase;
  beat().then(
    () => post({ kind: 'entered' }),
    (error: Error) => post({ kind: 'failed', ...describe(error) }),
  );
});

// A single lost heartbeat does no harm; the service gives up the attempt when its lease expires.
setInterval(() => {
  if (performance.now() - lastMessageAt > maxSilenceMs) void endHungProcess();
  else beat().catch(() => undefined);
}, leaseMs / 4);

async function endHungProcess(): Promise<never> {
  const minutes = Number((maxSilenceMs / 60_000).toPrecision(2));
  const message = `the computation did not return for ${minutes} minutes: a device or a library hangs, or one step is too large; use a smaller batch_size or network`;
  await client.fail({ code: DEADLINE_EXCEEDED, reason: 'Hung', message, retryable: true }).catch(() => undefined);
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}

function describe(error: Error) {
  const { message } = error;
  return error instanceof RpcError
    ? { code: error.code, message, reason: error.reason }
    : { code: 'INTERNAL', message, reason: '' };
}
