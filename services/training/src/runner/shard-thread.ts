// Entry point of the thread that reads shards: run() of the runtime blocks the engine's thread, and a shard must arrive
// meanwhile.
import { parentPort, workerData } from 'node:worker_threads';
import { RpcError } from '@athanor/client';
import { AttemptClient } from './attempt-client.js';
import type { ShardReply, ShardRequest, ShardWork } from './shard-protocol.js';

const { order, epoch } = workerData as ShardWork;
const client = new AttemptClient(order, epoch);

parentPort?.on('message', ({ id, digest }: ShardRequest) => {
  client.readBlob(digest).then(
    buffer => {
      // A copy of its own: memory of a pool cannot be handed over.
      const bytes = new Uint8Array(buffer);
      parentPort?.postMessage({ id, bytes } satisfies ShardReply, [bytes.buffer]);
    },
    (error: Error) => {
      const { code, reason } = error instanceof RpcError ? error : { code: 'INTERNAL', reason: '' };
      parentPort?.postMessage({ id, code, reason, message: error.message } satisfies ShardReply);
    },
  );
});
