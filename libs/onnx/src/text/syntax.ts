// The words of the text form, which is ONNX's own (onnx/docs/Syntax.md, read by onnx.parser) with four additions: names and
// strings are escaped as in JSON, an untyped value is its name alone, nan and inf are floats, and the elements of a tensor
// may be `base64 "…"`, its little-endian bytes.

import type { DType } from '@athanor/tensor';

export const PRIMITIVE_TYPES: { readonly [D in DType]: string } = {
  BOOL: 'bool',
  UINT8: 'uint8',
  UINT16: 'uint16',
  UINT32: 'uint32',
  UINT64: 'uint64',
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FP16: 'float16',
  BF16: 'bfloat16',
  FP32: 'float',
  FP64: 'double',
  BYTES: 'string',
};

const BY_NAME = new Map<string, DType>(Object.entries(PRIMITIVE_TYPES).map(([dtype, name]) => [name, dtype as DType]));

export function dtypeNamed(name: string): DType | undefined {
  return BY_NAME.get(name);
}

/** Words that mean something where a name may be. */
const RESERVED = new Set([
  ...BY_NAME.keys(),
  'base64',
  'nan',
  'inf',
  'seq',
  'map',
  'optional',
  'sparse_tensor',
  'opaque',
]);

const IDENTIFIER = /^[A-Za-z_]\w*$/;

/** A name as it is, or in quotes if it is not an identifier. */
export function quotable(name: string): string {
  return IDENTIFIER.test(name) && !RESERVED.has(name) ? name : JSON.stringify(name);
}
