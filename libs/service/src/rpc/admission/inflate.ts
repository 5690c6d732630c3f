import { createGunzip, createInflate } from 'node:zlib';
import { ServiceError } from '../../errors/index.js';

const DECOMPRESSORS = { gzip: createGunzip, deflate: createInflate };
type Encoding = keyof typeof DECOMPRESSORS;

export function isKnownEncoding(encoding: string): encoding is Encoding {
  return Object.hasOwn(DECOMPRESSORS, encoding);
}

/** Inflates a message. `admit` gets the size of each part before it is kept, and throws if that is too much. */
export async function inflate(
  compressed: Uint8Array,
  encoding: Encoding,
  admit: (bytes: number) => void,
): Promise<Buffer> {
  const decompressor = DECOMPRESSORS[encoding]();
  decompressor.end(compressed);
  const parts: Buffer[] = [];
  try {
    for await (const part of decompressor as AsyncIterable<Buffer>) {
      admit(part.length);
      parts.push(part);
    }
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause;
    const message = `expected a message compressed with ${encoding}, as its flag and grpc-encoding say: ${(cause as Error).message}`;
    throw new ServiceError('INTERNAL', message, { reason: 'MALFORMED_FRAME', cause });
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}
