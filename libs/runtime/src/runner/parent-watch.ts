// Ends its process when the parent process has died: a thread, because a run blocks the main thread.
import { workerData } from 'node:worker_threads';

const INTERVAL_MS = 1_000;
const { parent } = workerData as { readonly parent: number };

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, INTERVAL_MS);
