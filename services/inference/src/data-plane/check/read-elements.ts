import type { Elements } from '@athanor/serving';
import { byteSizeOf, type DType, type NumericDType } from '@athanor/tensor';
import type { TensorContents } from '../infer-request.js';
import { readBytesElements, readText } from './bytes-elements.js';
import type { ElementsPlace } from './elements-place.js';
import type { InputData } from './input-data.js';
import { invalidInference } from './request-error.js';

/** Raw bytes stay views of the message; typed lists are converted to the raw layout. */
export function readElements(data: InputData, place: ElementsPlace): Elements {
  const { dtype } = place.spec;
  if (dtype === 'BYTES') {
    const expected = countElements(place.shape);
    return Buffer.isBuffer(data) ? readBytesElements(data, expected, place) : readTexts(data, expected, place);
  }
  if (!Buffer.isBuffer(data)) checkRange(dtype, data, place);
  const bytes = Buffer.isBuffer(data) ? data : layOut(dtype, data);
  const expected = countElements(place.shape) * byteSizeOf(dtype);
  if (bytes.byteLength !== expected) throw sizeMismatch(expected, bytes.byteLength, place);
  if (dtype === 'BOOL') checkBooleans(bytes, place);
  return bytes;
}

// Not elementCount: a product beyond 2^53 exceeds any message anyway.
function countElements(shape: readonly number[]): number {
  let count = 1;
  for (const dim of shape) count *= dim;
  return count;
}

function readTexts(
  { bytes_contents: elements = [] }: TensorContents,
  expected: number,
  place: ElementsPlace,
): string[] {
  if (elements.length !== expected) throw sizeMismatch(expected, elements.length, place);
  return elements.map((element, index) => readText(element, index, place));
}

// The lists of 32-bit integers are used for narrower datatypes too. Triton's casts drop the upper bits; a caller that
// sends 256 for UINT8 would get the prediction for 0, so it is refused.
const RANGES: { readonly [D in DType]?: readonly [min: number, max: number] } = {
  INT8: [-0x80, 0x7f],
  INT16: [-0x8000, 0x7fff],
  UINT8: [0, 0xff],
  UINT16: [0, 0xffff],
};

function checkRange(dtype: DType, contents: TensorContents, place: ElementsPlace): void {
  const range = RANGES[dtype];
  if (range === undefined) return;
  const [min, max] = range;
  const list = contents.int_contents ?? contents.uint_contents ?? [];
  const index = list.findIndex(value => value < min || value > max);
  if (index !== -1) throw outOfRange(`${dtype} from ${min} to ${max}`, { index, value: list[index]! }, place);
}

/** ONNX Runtime's behaviour is undefined for bytes other than 0 and 1. */
function checkBooleans(bytes: Uint8Array, place: ElementsPlace): void {
  const index = bytes.findIndex(byte => byte > 1);
  if (index !== -1) throw outOfRange('BOOL, 0 or 1,', { index, value: bytes[index]! }, place);
}

function outOfRange(what: string, { index, value }: { index: number; value: number }, place: ElementsPlace): Error {
  const { spec, id, model } = place;
  const where = `element ${index} of input '${spec.name}' for model '${model}'`;
  return invalidInference(id, `expected ${what} in ${where}, got ${value}`);
}

const LAYOUTS: { readonly [D in NumericDType]: (contents: TensorContents) => ArrayBufferView } = {
  BOOL: ({ bool_contents: list = [] }) => Uint8Array.from(list, Number),
  INT8: ({ int_contents: list = [] }) => Int8Array.from(list),
  INT16: ({ int_contents: list = [] }) => Int16Array.from(list),
  INT32: ({ int_contents: list = [] }) => Int32Array.from(list),
  INT64: ({ int64_contents: list = [] }) => BigInt64Array.from(list),
  UINT8: ({ uint_contents: list = [] }) => Uint8Array.from(list),
  UINT16: ({ uint_contents: list = [] }) => Uint16Array.from(list),
  UINT32: ({ uint_contents: list = [] }) => Uint32Array.from(list),
  UINT64: ({ uint64_contents: list = [] }) => BigUint64Array.from(list),
  FP32: ({ fp32_contents: list = [] }) => Float32Array.from(list),
  FP64: ({ fp64_contents: list = [] }) => Float64Array.from(list),
  // There is no typed list for these.
  FP16: () => new Uint16Array(0),
  BF16: () => new Uint16Array(0),
};

function layOut(dtype: NumericDType, contents: TensorContents): Uint8Array {
  const { buffer, byteOffset, byteLength } = LAYOUTS[dtype](contents);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function sizeMismatch(expected: number, got: number, { spec, id, model }: ElementsPlace): Error {
  const where = `input '${spec.name}' for model '${model}'`;
  return invalidInference(id, `input byte size mismatch for ${where}. Expected ${expected}, got ${got}`);
}
