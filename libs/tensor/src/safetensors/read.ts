// Reads untrusted files: every number of the header is checked before memory is accessed.

import { byteSizeOf, type NumericDType } from '../dtype.js';
import { elementCount } from '../shape.js';
import { type NumericTensor, tensorFromBytes } from '../tensor.js';
import {
  type HeaderEntry,
  LENGTH_BYTES,
  MAX_HEADER_BYTES,
  METADATA_KEY,
  SAFETENSORS_DTYPE,
  SafetensorsError,
  type SafetensorsFile,
} from './format.js';

const dtypeByCode = new Map<string, NumericDType>(
  Object.entries(SAFETENSORS_DTYPE).map(([dtype, code]) => [code, dtype as NumericDType]),
);

/** Tensors are views of `file` if alignment allows. Throws SafetensorsError for malformed input. */
export function readSafetensors(file: Uint8Array): SafetensorsFile {
  const { header, data } = splitHeader(file);
  const tensors = new Map<string, NumericTensor>();
  let metadata: Readonly<Record<string, string>> = {};
  let expectedBegin = 0;
  const entries: [string, HeaderEntry][] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA_KEY) metadata = parseMetadata(value);
    else entries.push([name, parseEntry(name, value)]);
  }
  // One pass in order of offsets finds overlaps, gaps and (because of the gap they leave) duplicate keys.
  entries.sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1]);
  for (const [name, entry] of entries) {
    const [begin, end] = entry.data_offsets;
    if (begin !== expectedBegin) {
      const what = begin < expectedBegin ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw new SafetensorsError(`tensor "${name}" begins at ${begin}, expected ${expectedBegin}: it ${what}`);
    }
    if (end > data.byteLength) {
      throw new SafetensorsError(`tensor "${name}" ends at ${end}, the file has ${data.byteLength} bytes of data`);
    }
    tensors.set(name, toTensor(name, entry, data.subarray(begin, end)));
    expectedBegin = end;
  }
  if (expectedBegin !== data.byteLength) {
    throw new SafetensorsError(`the header describes ${expectedBegin} bytes of data, the file has ${data.byteLength}`);
  }
  return { tensors, metadata };
}

function splitHeader(file: Uint8Array): { header: Record<string, unknown>; data: Uint8Array } {
  if (file.byteLength < LENGTH_BYTES) {
    throw new SafetensorsError(`a file has at least ${LENGTH_BYTES} bytes, received ${file.byteLength}`);
  }
  const declared = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  if (declared > BigInt(MAX_HEADER_BYTES)) {
    throw new SafetensorsError(`the header may have ${MAX_HEADER_BYTES} bytes, the file declares ${declared}`);
  }
  const dataBegin = LENGTH_BYTES + Number(declared);
  if (dataBegin > file.byteLength) {
    throw new SafetensorsError(`the header ends at byte ${dataBegin}, the file at ${file.byteLength}`);
  }
  return { header: parseHeader(file.subarray(LENGTH_BYTES, dataBegin)), data: file.subarray(dataBegin) };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new SafetensorsError('the header is not JSON in UTF-8', { cause });
  }
  if (!isObject(header)) throw new SafetensorsError('the header must be a JSON object');
  return header;
}

function parseMetadata(value: unknown): Record<string, string> {
  if (!isObject(value) || Object.values(value).some(entry => typeof entry !== 'string')) {
    throw new SafetensorsError(`${METADATA_KEY} must map strings to strings`);
  }
  return value as Record<string, string>;
}

function parseEntry(name: string, value: unknown): HeaderEntry {
  const { dtype, shape, data_offsets: offsets } = isObject(value) ? value : {};
  if (typeof dtype !== 'string' || !isCountList(shape) || !isCountList(offsets) || offsets.length !== 2) {
    throw new SafetensorsError(`tensor "${name}" needs dtype, shape and two data_offsets that are whole numbers ≥ 0`);
  }
  const [begin, end] = offsets as [number, number];
  if (end < begin) throw new SafetensorsError(`tensor "${name}" ends at ${end}, before it begins at ${begin}`);
  return { dtype, shape, data_offsets: [begin, end] };
}

function toTensor(name: string, entry: HeaderEntry, bytes: Uint8Array): NumericTensor {
  const dtype = dtypeByCode.get(entry.dtype);
  if (dtype === undefined) {
    const known = [...dtypeByCode.keys()].join(', ');
    throw new SafetensorsError(`tensor "${name}" has dtype ${entry.dtype}, expected one of ${known}`);
  }
  const expected = countElements(name, entry.shape) * byteSizeOf(dtype);
  if (expected !== bytes.byteLength) {
    const shape = `${entry.dtype} [${entry.shape.join(',')}]`;
    throw new SafetensorsError(`tensor "${name}" is ${shape}: ${expected} bytes, its offsets span ${bytes.byteLength}`);
  }
  return tensorFromBytes(dtype, entry.shape, bytes);
}

function countElements(name: string, shape: readonly number[]): number {
  try {
    return elementCount(shape);
  } catch (cause) {
    throw new SafetensorsError(`tensor "${name}": ${(cause as Error).message}`, { cause });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCountList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(item => Number.isSafeInteger(item) && item >= 0);
}
