// Converts between our tensors and onnxruntime-node's without copying elements.

import type { DType, Tensor } from '@athanor/tensor';
import * as ort from 'onnxruntime-node';
import { RuntimeFailure } from './errors.js';

const ORT_TYPE = {
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
  BF16: undefined,
  FP32: 'float32',
  FP64: 'float64',
  BYTES: 'string',
} as const satisfies { [K in DType]: string | undefined };

const dtypeByOrtType = new Map<string, DType>(
  Object.entries(ORT_TYPE).flatMap(([dtype, type]) => (type ? [[type, dtype as DType] as const] : [])),
);

// If the JavaScript engine has Float16Array, onnxruntime-common requires it; the bits are the same.
type Float16Constructor = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => ort.Tensor['data'];
const Float16 = (globalThis as { Float16Array?: Float16Constructor }).Float16Array;

export function toOrtTensor(value: Tensor): ort.Tensor {
  const type = ORT_TYPE[value.dtype];
  if (type === undefined)
    throw new RuntimeFailure('INVALID_INPUT', `${value.dtype} tensors cannot be fed to a session`);
  let data: unknown = value.data;
  if (value.dtype === 'FP16' && Float16) {
    data = new Float16(value.data.buffer, value.data.byteOffset, value.data.length);
  }
  return new ort.Tensor(type as 'float32', data as Float32Array, value.shape as number[]);
}

export function fromOrtTensor(value: ort.Tensor): Tensor {
  const dtype = fromOrtType(value.type);
  let data: unknown = value.data;
  if (dtype === 'FP16' && Float16) {
    const bits = data as Uint16Array;
    data = new Uint16Array(bits.buffer, bits.byteOffset, bits.length);
  }
  return { dtype, shape: value.dims, data } as Tensor;
}

export function fromOrtType(type: string): DType {
  const dtype = dtypeByOrtType.get(type);
  if (dtype === undefined) throw new RuntimeFailure('UNSUPPORTED_TYPE', `no dtype for ONNX Runtime's ${type}`);
  return dtype;
}
