// Length-Prefixed-Message of gRPC over HTTP/2: one byte of flags, four of length (big endian), then the message
// (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).

const PREFIX_BYTES = 5;

/** Finds the prefixes of messages in a stream of chunks; keeps no bytes of the messages. */
export class FrameReader {
  readonly #onPrefix: (flags: number, length: number) => void;
  #prefixRead = 0;
  #flags = 0;
  #length = 0;
  #messageLeft = 0;

  constructor(onPrefix: (flags: number, length: number) => void) {
    this.#onPrefix = onPrefix;
  }

  push(chunk: Uint8Array): void {
    let position = 0;
    while (position < chunk.length) {
      if (this.#messageLeft > 0) {
        const passed = Math.min(this.#messageLeft, chunk.length - position);
        this.#messageLeft -= passed;
        position += passed;
        continue;
      }
      const byte = chunk[position++]!;
      if (this.#prefixRead === 0) {
        this.#flags = byte;
        this.#length = 0;
      } else this.#length = this.#length * 256 + byte;
      if (++this.#prefixRead < PREFIX_BYTES) continue;
      this.#prefixRead = 0;
      this.#messageLeft = this.#length;
      this.#onPrefix(this.#flags, this.#length);
    }
  }
}
