import { FormatError } from './rows.js';

/*
 * IDX, the format of MNIST (https://yann.lecun.com/exdb/mnist, "file formats"): two zero bytes, a type byte, the number
 * of dimensions, one big-endian 32-bit size for each, then the values in row-major order.
 */

const UINT8 = 0x08;
const TYPE_NAMES: Readonly<Record<number, string>> = {
  8: 'unsigned byte',
  9: 'signed byte',
  11: 'short',
  12: 'int',
  13: 'float',
  14: 'double',
};
const MAX_DIMENSIONS = 8;

/** A parsed IDX file of unsigned bytes. */
export interface IdxArray {
  readonly rows: number;
  /** Without the row dimension. */
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** Throws FormatError if the content does not match the header. */
export function parseIdx(bytes: Uint8Array, filename: string): IdxArray {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < 4)
    throw new FormatError(`${filename}: expected an IDX file, got ${view.length} bytes; is it empty or truncated?`);
  checkMagic(view, filename);
  const dimensionCount = view.readUInt8(3);
  const headerBytes = 4 + 4 * dimensionCount;
  if (dimensionCount < 1 || dimensionCount > MAX_DIMENSIONS || view.length < headerBytes) {
    const message = `expected an IDX header with 1 to ${MAX_DIMENSIONS} dimensions, got ${dimensionCount} in ${view.length} bytes`;
    throw new FormatError(`${filename}: ${message}; upload the original file`);
  }
  const dimensions = Array.from({ length: dimensionCount }, (_, index) => view.readUInt32BE(4 + 4 * index));
  const expected = dimensions.reduce((product, size) => product * size, headerBytes === 0 ? 0 : 1);
  const received = view.length - headerBytes;
  if (received !== expected) {
    const what = `its header says ${dimensions.join(' × ')} = ${expected} values, but ${received} bytes follow`;
    const why =
      received < expected
        ? 'the file is truncated; upload the complete file'
        : 'the file has trailing bytes; upload the original file';
    throw new FormatError(`${filename}: ${what}; ${why}`);
  }
  const [rows = 0, ...shape] = dimensions;
  return { rows, shape, data: bytes.subarray(headerBytes) };
}

function checkMagic(view: Buffer, filename: string): void {
  const magic = view.readUInt32BE(0);
  const type = view.readUInt8(2);
  if (view.readUInt16BE(0) !== 0 || TYPE_NAMES[type] === undefined) {
    const got = `0x${magic.toString(16).padStart(8, '0')}`;
    throw new FormatError(`${filename}: expected the IDX magic number 0x000008nn, got ${got}; is it another format?`);
  }
  if (type !== UINT8) {
    throw new FormatError(
      `${filename}: expected IDX values of type unsigned byte, got ${TYPE_NAMES[type]}; convert them to bytes`,
    );
  }
}
