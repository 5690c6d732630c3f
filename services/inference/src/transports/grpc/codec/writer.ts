/** Size of a varint in bytes; the value is an integer from 0 to 2^53. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
  return size;
}

/** Size of a field with a one-byte tag and contents of a known length. */
export function messageSize(length: number): number {
  return 1 + varintSize(length) + length;
}

/** Size of a string field; an empty one is not written. */
export function stringSize(text: string): number {
  return text === '' ? 0 : messageSize(Buffer.byteLength(text));
}

/** Writes protobuf's wire format into a buffer of precomputed size. */
export class WireWriter {
  readonly buffer: Buffer;
  #position = 0;

  constructor(size: number) {
    this.buffer = Buffer.allocUnsafe(size);
  }

  varint(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.buffer[this.#position++] = (rest % 0x80) | 0x80;
    this.buffer[this.#position++] = rest;
  }

  /** Tag and length of a field; its contents follow. */
  head(tag: number, length: number): void {
    this.buffer[this.#position++] = tag;
    this.varint(length);
  }

  string(tag: number, text: string): void {
    if (text === '') return;
    const length = Buffer.byteLength(text);
    this.head(tag, length);
    this.#position += this.buffer.write(text, this.#position, length, 'utf8');
  }

  bytes(tag: number, contents: Uint8Array): void {
    this.head(tag, contents.length);
    this.buffer.set(contents, this.#position);
    this.#position += contents.length;
  }
}
