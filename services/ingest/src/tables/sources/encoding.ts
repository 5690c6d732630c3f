// Text in UTF-8: checked over the whole file, or converted from another encoding.

import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import { FormatError } from '../../formats/rows.js';
import type { Chunks } from './unpack.js';

/** Throws FormatError for an unknown encoding, and where bytes are not of the encoding. */
export async function* decode(
  chunks: Chunks,
  encoding: string,
  { filename, isCut = false }: { filename: string; isCut?: boolean },
): AsyncGenerator<Uint8Array> {
  const decoder = decoderOf(encoding, filename);
  try {
    for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
    if (!isCut) yield Buffer.from(decoder.decode());
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new FormatError(`${filename}: expected text in ${encoding}, got bytes that are not; name its --encoding`, {
      cause: error,
    });
  }
}

function decoderOf(encoding: string, filename: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch (error) {
    const message = `expected the name of an encoding, for example latin1 or utf-16le, got '${encoding}'`;
    throw new FormatError(`${filename}: ${message}; correct --encoding`, { cause: error });
  }
}

export function isUtf8Name(encoding: string): boolean {
  return /^utf-?8$/i.test(encoding);
}

const BLOCK_BYTES = 4 * 1024 * 1024;
/** A character has at most four bytes, so at most three are left over at the end of a block. */
const MAX_CARRY = 3;

/** Throws FormatError that names the first byte that is not UTF-8, or the first NUL. */
export async function checkUtf8(path: string, filename: string): Promise<void> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(BLOCK_BYTES + MAX_CARRY);
    let carry = 0;
    for (let position = 0; ; ) {
      const { bytesRead } = await file.read(buffer, carry, BLOCK_BYTES, position);
      const block = buffer.subarray(0, carry + bytesRead);
      const start = position - carry;
      position += bytesRead;
      const complete = bytesRead === 0 ? block.length : block.length - incompleteTail(block);
      refuseNul(block, start, filename);
      if (!isUtf8(block.subarray(0, complete))) throw notUtf8(block, start, filename);
      if (bytesRead === 0) return;
      carry = block.length - complete;
      buffer.copyWithin(0, complete, block.length);
    }
  } finally {
    await file.close();
  }
}

/** Bytes at the end that begin a character and do not finish it. */
export function incompleteTail(block: Uint8Array): number {
  for (let length = 1; length <= Math.min(MAX_CARRY, block.length); length++) {
    const byte = block[block.length - length]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return length < sequenceLength(byte) ? length : 0;
  }
  return 0;
}

function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

function refuseNul(block: Buffer, start: number, filename: string): void {
  const index = block.indexOf(0);
  if (index < 0) return;
  const message = `expected a text file, got a NUL character at byte ${start + index}`;
  throw new FormatError(
    `${filename}: ${message}; if it is UTF-16, name it with --encoding utf-16le, if it is binary, export it as CSV`,
  );
}

function notUtf8(block: Buffer, start: number, filename: string): FormatError {
  let index = 0;
  while (index < block.length) {
    const length = sequenceLength(block[index]!);
    if (!isUtf8(block.subarray(index, index + length))) break;
    index += length;
  }
  const byte = block[index]?.toString(16).padStart(2, '0');
  const message = `expected text in UTF-8, got the byte 0x${byte} at byte ${start + index}`;
  return new FormatError(
    `${filename}: ${message}; name the file's encoding with --encoding, for example --encoding latin1, or save it as UTF-8`,
  );
}
