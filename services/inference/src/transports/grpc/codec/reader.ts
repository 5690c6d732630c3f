/** The bytes are not a well-formed protobuf message. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

const TWO_32 = 0x1_0000_0000;
const MAX_GROUP_DEPTH = 32;

/**
 * Reads protobuf's wire format (https://protobuf.dev/programming-guides/encoding/) field by field. Returns views of the
 * message, not copies. A field with an unexpected wire type has another `tag`, so it is skipped like an unknown one.
 */
export class WireReader {
  /** Field number and wire type of the current field: number << 3 | type. */
  tag = 0;
  readonly #bytes: Buffer;
  readonly #end: number;
  #position: number;
  // The last varint in two halves, because a number cannot hold 64 bits.
  #low = 0;
  #high = 0;

  constructor(bytes: Buffer, position = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#position = position;
    this.#end = end;
  }

  /** Advances to the next field; false at the end. */
  next(): boolean {
    if (this.#position >= this.#end) return false;
    this.tag = this.uint32();
    if (this.tag >>> 3 === 0) throw new WireError('a field has the number 0');
    return true;
  }

  hasMore(): boolean {
    return this.#position < this.#end;
  }

  uint32(): number {
    const byte = this.#bytes[this.#position]!;
    if (byte < 0x80 && this.#position < this.#end) {
      this.#position++;
      return byte;
    }
    this.#varint();
    return this.#low;
  }

  int32(): number {
    return this.uint32() | 0;
  }

  bool(): boolean {
    this.#varint();
    return this.#low !== 0 || this.#high !== 0;
  }

  /** Exact within ±2^53. */
  int64(): number {
    this.#varint();
    return (this.#high | 0) * TWO_32 + this.#low;
  }

  /** Exact up to 2^53. */
  uint64(): number {
    this.#varint();
    return this.#high * TWO_32 + this.#low;
  }

  bigUint64(): bigint {
    this.#varint();
    return (BigInt(this.#high) << 32n) | BigInt(this.#low);
  }

  bigInt64(): bigint {
    return BigInt.asIntN(64, this.bigUint64());
  }

  float(): number {
    return this.#bytes.readFloatLE(this.#advance(4));
  }

  double(): number {
    return this.#bytes.readDoubleLE(this.#advance(8));
  }

  /** A view. */
  bytes(): Buffer {
    const begin = this.#advance(this.uint32());
    return this.#bytes.subarray(begin, this.#position);
  }

  string(): string {
    const begin = this.#advance(this.uint32());
    return this.#bytes.toString('utf8', begin, this.#position);
  }

  /** A reader of the embedded message, or packed list, at the current position. */
  embedded(): WireReader {
    const begin = this.#advance(this.uint32());
    return new WireReader(this.#bytes, begin, this.#position);
  }

  /** Skips the current field. */
  skip(depth = 0): void {
    switch (this.tag & 7) {
      case 0:
        this.#varint();
        break;
      case 1:
        this.#advance(8);
        break;
      case 2:
        this.#advance(this.uint32());
        break;
      case 3:
        this.#skipGroup(depth);
        break;
      case 5:
        this.#advance(4);
        break;
      default:
        throw new WireError(`field ${this.tag >>> 3} has wire type ${this.tag & 7}`);
    }
  }

  #skipGroup(depth: number): void {
    if (depth >= MAX_GROUP_DEPTH) throw new WireError(`groups are nested more than ${MAX_GROUP_DEPTH} deep`);
    const end = (this.tag & ~7) | 4;
    while (this.next()) {
      if (this.tag === end) return;
      this.skip(depth + 1);
    }
    throw new WireError('a group has no end');
  }

  #advance(length: number): number {
    const begin = this.#position;
    if (length > this.#end - begin) {
      throw new WireError(`expected ${length} bytes at offset ${begin}, got ${this.#end - begin}`);
    }
    this.#position = begin + length;
    return begin;
  }

  #varint(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#position >= this.#end) throw new WireError(`the message ends at offset ${this.#end}, inside a varint`);
      const byte = this.#bytes[this.#position++]!;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) {
        this.#low = low >>> 0;
        this.#high = high >>> 0;
        return;
      }
    }
    throw new WireError(`the varint at offset ${this.#position - 10} is longer than 10 bytes`);
  }
}
