import { parentPort } from 'node:worker_threads';
import { createHost } from './host.js';

const port = parentPort!;
port.on(
  'message',
  createHost(
    (response, transfer) => port.postMessage(response, transfer),
    () => port.close(),
  ),
);
