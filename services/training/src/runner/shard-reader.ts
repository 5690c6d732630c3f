import { Worker } from 'node:worker_threads';
import { type RpcCode, RpcError } from '@athanor/client';
import type { ShardReply, ShardRequest, ShardWork } from './shard-protocol.js';

interface Waiting {
  resolve(bytes: Uint8Array): void;
  reject(error: Error): void;
}

/** Reads blobs of the dataset in a thread of its own, which starts with the first. Once it has failed, every read does. */
export class ShardReader {
  readonly #work: ShardWork;
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | undefined;
  #requests = 0;
  #failure: Error | undefined;

  constructor(work: ShardWork) {
    this.#work = work;
  }

  /** Throws RpcError as AttemptClient does. */
  read(digest: string): Promise<Uint8Array> {
    if (this.#failure) return Promise.reject(this.#failure);
    this.#thread ??= this.#start();
    const request: ShardRequest = { id: this.#requests++, digest };
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
      this.#thread?.postMessage(request);
    });
  }

  async stop(): Promise<void> {
    await this.#thread?.terminate();
  }

  #start(): Worker {
    const thread = new Worker(new URL('./shard-thread.js', import.meta.url), { workerData: this.#work });
    thread.on('message', (reply: ShardReply) => this.#receive(reply));
    thread.on('error', error => this.#fail(error));
    thread.on('exit', code => this.#fail(new Error(`the thread that reads shards ended with exit code ${code}`)));
    return thread;
  }

  #receive(reply: ShardReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('bytes' in reply) {
      waiting?.resolve(reply.bytes);
      return;
    }
    const { code, message, reason } = reply;
    waiting?.reject(new RpcError({ code: code as RpcCode, message, method: 'ReadBlob', details: { reason } }));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}
