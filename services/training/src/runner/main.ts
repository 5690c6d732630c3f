// The process of one attempt. Its only secret is its own token, and it exits with the process that started it.
import { RpcError } from '@athanor/client';
import { chooseProvider, type ExecutionProvider, GPU_MODES, type GpuMode } from '@athanor/runtime';
import { runAttempt } from './attempt.js';
import { AttemptClient } from './attempt-client.js';
import { toFailure } from './failure.js';
import { createPodLog } from './pod-log.js';
import { readWorkOrder, readWorkOrderFile } from './work-order.js';

const EXIT = { done: 0, failed: 1, stale: 3, orphaned: 4 } as const;

// In a pod the work order is a mounted file, and output goes to the pod's log. A child of the service reads its order
// from standard input, and its last output becomes part of the error message if it dies.
const [flag, file = ''] = process.argv.slice(2);
const isPod = flag === '--work-order';
const order = isPod
  ? await readWorkOrderFile(file)
  : await readWorkOrder(process.stdin, () => process.exit(EXIT.orphaned));
const log = isPod ? createPodLog(order.attemptId) : () => undefined;
const client = new AttemptClient(order);
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort()).on('SIGINT', () => stop.abort());

process.exit(await work());

async function work(): Promise<number> {
  try {
    await runAttempt({ client, stop, log, chooseProvider: provider });
    log('attempt ended');
    return EXIT.done;
  } catch (error) {
    process.stderr.write(`${(error as Error).stack}\n`);
    // Another attempt has the job: nothing to report.
    if (error instanceof RpcError && error.code === 'ABORTED') return EXIT.stale;
    await client.fail(toFailure(error as Error)).catch(() => undefined);
    return EXIT.failed;
  }
}

function provider(): ExecutionProvider {
  const { provider, problem } = chooseProvider(gpuMode(process.env.ATHANOR_GPU));
  log('execution provider chosen', { provider, ...(problem !== undefined && { problem }) });
  return provider;
}

function gpuMode(text = 'off'): GpuMode {
  const mode = GPU_MODES.find(each => each === text);
  if (mode === undefined) throw new Error(`ATHANOR_GPU: expected ${GPU_MODES.join(', ')}, got '${text}'`);
  return mode;
}
