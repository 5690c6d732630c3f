import type { ForwardedStream } from './forward.js';

/** Maximum number of answers that wait for the caller to read them; meanwhile the pools are not read. */
const BUFFERED = 64;

/** Merges the answers of several streams. */
export class StreamAnswers implements AsyncIterable<Buffer> {
  readonly #queue: Buffer[] = [];
  readonly #open = new Set<ForwardedStream>();
  #requestsEnded = false;
  #isClosed = false;
  #error: unknown;
  #wake: () => void = () => undefined;
  #onRoom: () => void = () => undefined;

  add(stream: ForwardedStream): void {
    this.#open.add(stream);
    stream.on('data', (answer: Buffer) => {
      this.#push(answer);
      if (this.#queue.length >= BUFFERED) stream.pause();
    });
    stream.on('error', error => this.fail(error));
    stream.on('end', () => {
      this.#open.delete(stream);
      this.#wake();
    });
  }

  /** Adds an answer of the router itself. Resolves when there is room for more. */
  async put(answer: Buffer): Promise<void> {
    this.#push(answer);
    if (this.#queue.length < BUFFERED || this.#isClosed) return;
    await new Promise<void>(resolve => {
      this.#onRoom = resolve;
    });
  }

  /** No more streams or answers will be added. */
  end(): void {
    this.#requestsEnded = true;
    this.#wake();
  }

  fail(error: unknown): void {
    this.#error ??= error;
    this.#wake();
  }

  /** The reader has gone. */
  close(): void {
    this.#isClosed = true;
    this.#onRoom();
  }

  #push(answer: Buffer): void {
    this.#queue.push(answer);
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Buffer> {
    for (;;) {
      const answer = this.#queue.shift();
      if (answer !== undefined) {
        yield answer;
        if (this.#queue.length === 0) {
          for (const stream of this.#open) stream.resume();
          this.#onRoom();
        }
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
