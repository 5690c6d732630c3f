import { Worker } from 'node:worker_threads';
import { createRunner } from './client.js';
import { compiledEntry } from './entry.js';
import type { Channel } from './protocol.js';
import type { Runner } from './runner.js';

/**
 * Runs models in a worker thread; tensors are transferred without copying. The thread is never terminated while it
 * computes (that would abort the whole process): `close` waits. A crash in a kernel ends this process.
 */
export function createThreadRunner(): Runner {
  const worker = new Worker(compiledEntry('thread-host'), { env: {}, name: 'model-runner' });
  let failure = '';
  worker.on('error', error => {
    failure = `: ${error.message}`;
  });
  const channel: Channel = {
    post: (message, transfer) => worker.postMessage(message, transfer as ArrayBuffer[]),
    onResponse: listener => worker.on('message', listener),
    onExit: listener => worker.once('exit', code => listener(`the runner thread ended with code ${code}${failure}`)),
  };
  return createRunner(channel);
}
