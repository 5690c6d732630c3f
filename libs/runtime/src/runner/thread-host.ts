import { parentPort } from 'node:worker_threads';
import type { Tensors } from '../session.js';
import { answerRequest } from './host.js';
import type { Request } from './protocol.js';
import { packTensors } from './transfer.js';

const port = parentPort!;
const answer = answerRequest();
let last: Promise<void> = Promise.resolve();

port.on('message', (request: Request) => {
  last = last.then(async () => {
    const response = await answer(request);
    if (request.call === 'run' && response.ok) {
      const { tensors, transfer } = packTensors(response.body as Tensors);
      port.postMessage({ ...response, body: tensors }, transfer);
    } else port.postMessage(response);
    if (request.call === 'close') port.close();
  });
});
