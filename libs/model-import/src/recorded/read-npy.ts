// NumPy's .npy format, version 1 to 3, of little-endian numbers, booleans and Unicode text in C order. No pickles.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

import { type NumericDType, type Tensor, tensor, tensorFromBytes } from '@athanor/tensor';

const DTYPES: { readonly [descr: string]: NumericDType } = {
  '|b1': 'BOOL',
  '|u1': 'UINT8',
  '|i1': 'INT8',
  '<u2': 'UINT16',
  '<i2': 'INT16',
  '<u4': 'UINT32',
  '<i4': 'INT32',
  '<u8': 'UINT64',
  '<i8': 'INT64',
  '<f2': 'FP16',
  '<f4': 'FP32',
  '<f8': 'FP64',
};

/** Throws Error for another format, and ShapeError if the data does not fill the shape. */
export function readNpy(bytes: Uint8Array): Tensor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = bytes[6]! > 1;
  const start = wide ? 12 : 10;
  const end = start + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = new TextDecoder().decode(bytes.subarray(start, end));
  const descr = /'descr': '([^']+)'/.exec(header)?.[1];
  const sizes = /'shape': \(([\d, ]*)\)/.exec(header)?.[1];
  if (descr === undefined || sizes === undefined || !header.includes("'fortran_order': False")) {
    throw new Error(`expected an .npy file in C order, received the header ${header.trim()}`);
  }
  const shape = sizes.split(',').flatMap(size => (size.trim() === '' ? [] : [Number(size)]));
  const data = bytes.subarray(end);
  const dtype = DTYPES[descr];
  if (dtype !== undefined) return tensorFromBytes(dtype, shape, data);
  if (!descr.startsWith('<U')) throw new Error(`expected numbers, booleans or text, received dtype ${descr}`);
  return tensor('BYTES', shape, readText(data, Number(descr.slice(2))));
}

/** UTF-32 strings of a fixed length, padded with zeros. */
function readText(data: Uint8Array, length: number): string[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const strings: string[] = [];
  for (let start = 0; start + 4 * length <= data.byteLength; start += 4 * length) {
    let value = '';
    for (let at = 0; at < length; at++) {
      const point = view.getUint32(start + 4 * at, true);
      if (point !== 0) value += String.fromCodePoint(point);
    }
    strings.push(value);
  }
  return strings;
}
