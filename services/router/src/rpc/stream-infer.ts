import type { CallContext } from '@athanor/service';
import { findPools } from './find-pools.js';
import { type ForwardedStream, forwardStream, toServiceError } from './forward.js';
import type { GrpcPool } from './grpc-endpoint.js';
import type { RouterDependencies } from './router-service.js';

/** Answers that wait for the caller to read them; pools are read no further meanwhile. */
const BUFFERED = 64;

/**
 * One caller's stream over several pools: each request goes to its model's pool, on one stream to that pool. Answers come
 * in their order within a pool; of different pools whichever is first, as Triton's decoupled models do (callers tell them
 * by id).
 */
export async function* streamInfer(
  requests: AsyncIterable<Buffer>,
  scope: RouterDependencies & { readonly context: CallContext },
): AsyncIterable<Buffer> {
  const { context, budget } = scope;
  const streams = new Map<string, ForwardedStream>();
  const answers = new Answers();
  const open = (pools: readonly GrpcPool[]): ForwardedStream => {
    const key = pools.map(({ name }) => name).join(' ');
    const present = streams.get(key);
    if (present !== undefined) return present;
    const stream = forwardStream({ pools, context, budget });
    streams.set(key, stream);
    answers.add(stream);
    return stream;
  };
  const reading = (async () => {
    for await (const request of requests) {
      const stream = open(await findPools(request, scope));
      if (!stream.write(request))
        await new Promise<void>(resolve => stream.once('drain', resolve).once('status', () => resolve()));
    }
  })();
  reading.then(
    () => {
      for (const stream of streams.values()) stream.end();
      answers.end();
    },
    error => answers.fail(error),
  );
  try {
    yield* answers;
  } catch (error) {
    throw toServiceError(error, context);
  } finally {
    for (const stream of streams.values()) stream.cancel();
  }
}

/** The answers of several streams as one. */
class Answers implements AsyncIterable<Buffer> {
  readonly #queue: Buffer[] = [];
  readonly #open = new Set<ForwardedStream>();
  #requestsEnded = false;
  #error: unknown;
  #wake: () => void = () => undefined;

  add(stream: ForwardedStream): void {
    this.#open.add(stream);
    stream.on('data', (answer: Buffer) => {
      this.#queue.push(answer);
      if (this.#queue.length >= BUFFERED) stream.pause();
      this.#wake();
    });
    stream.on('error', error => this.fail(error));
    stream.on('end', () => {
      this.#open.delete(stream);
      this.#wake();
    });
  }

  /** No more streams will be added. */
  end(): void {
    this.#requestsEnded = true;
    this.#wake();
  }

  fail(error: unknown): void {
    this.#error ??= error;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Buffer> {
    for (;;) {
      const answer = this.#queue.shift();
      if (answer !== undefined) {
        yield answer;
        if (this.#queue.length === 0) for (const stream of this.#open) stream.resume();
        continue;
      }
      if (this.#error !== undefined) throw this.#error;
      if (this.#requestsEnded && this.#open.size === 0) return;
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
  }
}
