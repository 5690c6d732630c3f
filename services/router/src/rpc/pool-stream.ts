import type { ForwardedStream } from './forward.js';

/** The requests of a stream to a pool, with backpressure. One write at a time. */
export class PoolStream {
  readonly #call: ForwardedStream;
  #hasEnded = false;
  #wake: () => void = () => undefined;

  constructor(call: ForwardedStream) {
    this.#call = call;
    // One listener per event, however often the stream waits.
    call.on('drain', () => this.#wake());
    call.once('status', () => {
      this.#hasEnded = true;
      this.#wake();
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Resolves when the pool accepts more, or has ended the stream; its answers then say why. */
  async write(request: Buffer): Promise<void> {
    if (this.#hasEnded || this.#call.write(request) || this.#hasEnded) return;
    await new Promise<void>(resolve => {
      this.#wake = resolve;
    });
  }

  end(): void {
    this.#call.end();
  }

  cancel(): void {
    this.#call.cancel();
  }
}
