import type { ElementsPlace } from './elements-place.js';
import { invalidInference } from './request-error.js';

// BYTES on the wire: for each element a 32-bit little-endian length, then that many bytes.

const LENGTH_BYTES = 4;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Strings, because ONNX Runtime's string tensors cannot hold arbitrary bytes. */
export function readBytesElements(raw: Buffer, expected: number, place: ElementsPlace): string[] {
  const { spec, id } = place;
  const texts: string[] = [];
  for (let offset = 0; offset < raw.length; ) {
    if (texts.length >= expected) {
      const message = `unexpected number of string elements ${texts.length + 1} for inference input '${spec.name}', expecting ${expected}`;
      throw invalidInference(id, message);
    }
    if (raw.length - offset < LENGTH_BYTES) {
      const message = `incomplete string length indicator for inference input '${spec.name}', expecting ${LENGTH_BYTES} bytes but only ${raw.length - offset} bytes available`;
      throw invalidInference(id, message);
    }
    const length = raw.readUInt32LE(offset);
    const begin = offset + LENGTH_BYTES;
    if (length > raw.length - begin) {
      const message = `incomplete string data for inference input '${spec.name}', expecting string of length ${length} but only ${raw.length - begin} bytes available`;
      throw invalidInference(id, message);
    }
    texts.push(readText(raw.subarray(begin, begin + length), texts.length, place));
    offset = begin + length;
  }
  if (texts.length < expected) {
    const message = `expected ${expected} string elements for inference input '${spec.name}', got ${texts.length}`;
    throw invalidInference(id, message);
  }
  return texts;
}

export function readText(bytes: Uint8Array, index: number, { spec, id }: ElementsPlace): string {
  const where = `in element ${index} of inference input '${spec.name}'`;
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw invalidInference(id, `expected UTF-8 text ${where}`);
  }
  // onnxruntime-node ends a string there, and the rest would be lost in silence.
  const end = text.indexOf('\0');
  if (end !== -1) throw invalidInference(id, `expected text without the character NUL ${where}, got it at ${end}`);
  return text;
}

/** The raw contents of strings. */
export function writeBytesElements(texts: readonly string[]): Buffer {
  const sizes = texts.map(text => Buffer.byteLength(text));
  const raw = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + LENGTH_BYTES + size, 0));
  let offset = 0;
  for (const [index, text] of texts.entries()) {
    offset = raw.writeUInt32LE(sizes[index]!, offset);
    offset += raw.write(text, offset, 'utf8');
  }
  return raw;
}
