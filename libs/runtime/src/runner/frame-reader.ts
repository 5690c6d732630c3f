import { type Frame, openFrame, PREFIX_BYTES, readSizes } from './frames.js';

/** Assembles frames from the chunks of a socket; contents are copied once, into the tensors' own buffers. */
export class FrameReader {
  readonly #onFrame: (frame: Frame) => void;
  /** What is being filled, and what happens when it is full. */
  #target: Uint8Array = Buffer.alloc(PREFIX_BYTES);
  #filled = 0;
  #onFull: () => void = () => this.#beginHeader();

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  add(chunk: Uint8Array): void {
    let offset = 0;
    while (offset < chunk.length) {
      const count = Math.min(chunk.length - offset, this.#target.length - this.#filled);
      this.#target.set(chunk.subarray(offset, offset + count), this.#filled);
      offset += count;
      this.#filled += count;
      if (this.#filled === this.#target.length) this.#onFull();
    }
  }

  #fill(target: Uint8Array, onFull: () => void): void {
    this.#target = target;
    this.#filled = 0;
    this.#onFull = onFull;
    if (target.length === 0) onFull();
  }

  #beginHeader(): void {
    const { header } = readSizes(this.#target as Buffer);
    const text = Buffer.alloc(header);
    this.#fill(text, () => {
      const opened = openFrame(text);
      const next = (index: number): void => {
        const buffer = opened.buffers[index];
        if (buffer !== undefined) this.#fill(buffer, () => next(index + 1));
        else {
          this.#fill(Buffer.alloc(PREFIX_BYTES), () => this.#beginHeader());
          this.#onFrame(opened.close());
        }
      };
      next(0);
    });
  }
}
