import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { usageError } from '../exit-codes.js';

// IDX as used by MNIST: two zero bytes, type, number of dimensions, big-endian sizes, then the values in row-major
// order.

const UINT8 = 0x08;

/** An IDX file of unsigned bytes. */
export interface IdxFile {
  readonly rows: number;
  /** Without the row dimension. */
  readonly shape: readonly number[];
  row(index: number): Uint8Array<ArrayBuffer>;
}

/** @throws CliError (usage) for a missing, invalid or truncated file. */
export async function readIdxFile(path: string): Promise<IdxFile> {
  const bytes = await readBytes(path);
  const dimensionCount = bytes[3] ?? 0;
  const start = 4 + 4 * dimensionCount;
  if (bytes[0] !== 0 || bytes[1] !== 0 || bytes[2] !== UINT8 || dimensionCount === 0 || bytes.length < start)
    throw usageError(`${path} is not an IDX file of unsigned bytes; expected one like t10k-images-idx3-ubyte`);
  const dimensions = Array.from({ length: dimensionCount }, (_, index) => bytes.readUInt32BE(4 + 4 * index));
  const [rows = 0, ...shape] = dimensions;
  const rowBytes = shape.reduce((product, size) => product * size, 1);
  const expected = start + rows * rowBytes;
  if (bytes.length < expected)
    throw usageError(`${path} is truncated: expected ${expected} bytes, got ${bytes.length}`);
  return {
    rows,
    shape,
    row: index => new Uint8Array(bytes.subarray(start + index * rowBytes, start + (index + 1) * rowBytes)),
  };
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    const raw = await readFile(path);
    return raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw;
  } catch (error) {
    throw usageError(`${path} cannot be read: ${(error as Error).message}`, error);
  }
}
