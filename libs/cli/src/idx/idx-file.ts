import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { CliError, EXIT_CODES } from '../exit-codes.js';

// IDX as MNIST has it: two zero bytes, type, number of dimensions, big-endian sizes, then the values in row-major order.

const UINT8 = 0x08;

/** An IDX file of unsigned bytes. */
export interface IdxFile {
  readonly rows: number;
  /** Without the row dimension. */
  readonly shape: readonly number[];
  row(index: number): Uint8Array<ArrayBuffer>;
}

export async function readIdxFile(path: string): Promise<IdxFile> {
  const raw = await readFile(path);
  const bytes = raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw;
  if (bytes.readUInt16BE(0) !== 0 || bytes[2] !== UINT8)
    throw new CliError(`${path} is no IDX file of unsigned bytes`, EXIT_CODES.usage);
  const dimensions = Array.from({ length: bytes[3] ?? 0 }, (_, index) => bytes.readUInt32BE(4 + 4 * index));
  const [rows = 0, ...shape] = dimensions;
  const rowBytes = shape.reduce((product, size) => product * size, 1);
  const start = 4 + 4 * dimensions.length;
  return {
    rows,
    shape,
    row: index => new Uint8Array(bytes.subarray(start + index * rowBytes, start + (index + 1) * rowBytes)),
  };
}
