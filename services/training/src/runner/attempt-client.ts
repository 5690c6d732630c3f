import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { chunkBytes, collectChunks, createStub, type Stub } from '@athanor/client';
import type {
  ClaimAttemptResponse,
  EpochMetricsInput,
  ProgressInput,
  TrainingResultInput,
} from '@athanor/contracts/training';
import { retryWhileUnavailable } from './retry-while-unavailable.js';
import type { WorkOrder } from './work-order.js';

const CHUNK_BYTES = 512 * 1024;

/** What a runner reports about a failure. */
export interface Failure {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly retryable: boolean;
}

/** AttemptService as seen by one attempt: its id and fencing token are added to every call. */
export class AttemptClient {
  readonly #stub: Stub<'attempts'>;
  readonly #order: WorkOrder;
  #epoch: number;

  /** `epoch` is the fencing token, if the attempt was claimed before. */
  constructor(order: WorkOrder, epoch = 0) {
    const { address, caFile, token } = order;
    this.#stub = createStub('attempts', { address, caFile, credential: token });
    this.#order = order;
    this.#epoch = epoch;
  }

  get order(): WorkOrder {
    return this.#order;
  }

  async claim(): Promise<ClaimAttemptResponse> {
    const request = { attemptId: this.#order.attemptId, executorRef: '' };
    const claim = await retryWhileUnavailable(() => this.#stub.claimAttempt(request));
    this.#epoch = claim.epoch;
    return claim;
  }

  /** False if the attempt must stop. */
  async heartbeat(phase: string, progress?: ProgressInput): Promise<boolean> {
    const { desiredState } = await retryWhileUnavailable(() =>
      this.#stub.heartbeat({ ...this.#identity(), phase, progress: progress ?? null }),
    );
    return desiredState !== 'DESIRED_STATE_STOP';
  }

  async reportEpoch(metrics: EpochMetricsInput): Promise<void> {
    await retryWhileUnavailable(() => this.#stub.reportEpoch({ ...this.#identity(), metrics }));
  }

  /** A blob of the dataset or a checkpoint; the empty digest means the dataset's manifest. */
  async readBlob(digest: string): Promise<Buffer> {
    return await retryWhileUnavailable(() => collectChunks(this.#stub.readBlob({ ...this.#identity(), digest })));
  }

  /** For files of any size; what an interrupted read has written is overwritten. */
  async readBlobTo(digest: string, path: string): Promise<void> {
    await retryWhileUnavailable(() =>
      pipeline(
        Readable.from(chunkBytes(this.#stub.readBlob({ ...this.#identity(), digest }))),
        createWriteStream(path),
      ),
    );
  }

  async writeBlob(bytes: Uint8Array): Promise<string> {
    const { digest } = await retryWhileUnavailable(() => this.#stub.writeBlob(chunked(this.#identity(), bytes)));
    return digest;
  }

  async commitCheckpoint(step: number, bytes: Uint8Array): Promise<void> {
    const digest = await this.writeBlob(bytes);
    await retryWhileUnavailable(() => this.#stub.commitCheckpoint({ ...this.#identity(), step, digest }));
  }

  async complete(result: TrainingResultInput): Promise<void> {
    await retryWhileUnavailable(() => this.#stub.completeAttempt({ ...this.#identity(), result }));
  }

  async fail(failure: Failure): Promise<void> {
    await retryWhileUnavailable(() => this.#stub.failAttempt({ ...this.#identity(), ...failure }));
  }

  close(): void {
    this.#stub.close();
  }

  #identity() {
    return { attemptId: this.#order.attemptId, epoch: this.#epoch };
  }
}

async function* chunked(identity: { attemptId: string; epoch: number }, bytes: Uint8Array) {
  yield { ...identity };
  for (let offset = 0; offset < bytes.length; offset += CHUNK_BYTES) {
    yield { chunk: Buffer.from(bytes.buffer, bytes.byteOffset + offset, Math.min(CHUNK_BYTES, bytes.length - offset)) };
  }
}
