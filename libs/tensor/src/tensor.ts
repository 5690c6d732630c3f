// A tensor is plain readonly data: row-major values with a dtype and a shape. It can be posted to a worker, written to
// a file or fed to a session as it is.

import { byteSizeOf, type DType, type NumericDType } from './dtype.js';
import { elementCount, type Shape, ShapeError } from './shape.js';

interface Storage {
  BOOL: Uint8Array;
  UINT8: Uint8Array;
  UINT16: Uint16Array;
  UINT32: Uint32Array;
  UINT64: BigUint64Array;
  INT8: Int8Array;
  INT16: Int16Array;
  INT32: Int32Array;
  INT64: BigInt64Array;
  /** Bit patterns. */
  FP16: Uint16Array;
  /** Bit patterns. */
  BF16: Uint16Array;
  FP32: Float32Array;
  FP64: Float64Array;
  /** UTF-8 text: ONNX Runtime's string tensors hold nothing else. */
  BYTES: readonly string[];
}

export type TensorData<D extends DType = DType> = Storage[D];
export type NumericArray = TensorData<NumericDType>;

/** A union over its dtypes: testing `dtype` narrows `data`. */
export type Tensor<D extends DType = DType> = {
  [K in D]: { readonly dtype: K; readonly shape: Shape; readonly data: TensorData<K> };
}[D];

export type NumericTensor = Tensor<NumericDType>;

const CONSTRUCTORS = {
  BOOL: Uint8Array,
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP16: Uint16Array,
  BF16: Uint16Array,
  FP32: Float32Array,
  FP64: Float64Array,
} as const satisfies { [K in NumericDType]: unknown };

/** Throws ShapeError when the data does not fill the shape exactly. */
export function tensor<D extends DType>(dtype: D, shape: Shape, data: TensorData<D>): Tensor<D> {
  const expected = elementCount(shape);
  if (data.length !== expected) {
    throw new ShapeError(`${dtype} [${shape.join(',')}] needs ${expected} elements, received ${data.length}`);
  }
  return { dtype, shape, data } as unknown as Tensor<D>;
}

export function zeros<D extends NumericDType>(dtype: D, shape: Shape): Tensor<D> {
  return tensor(dtype, shape, new CONSTRUCTORS[dtype](elementCount(shape)) as TensorData<D>);
}

export function scalar<D extends 'FP32' | 'FP64' | 'INT32'>(dtype: D, value: number): Tensor<D> {
  return tensor(dtype, [], CONSTRUCTORS[dtype].of(value) as unknown as TensorData<D>);
}

export function int64(shape: Shape, values: readonly (number | bigint)[]): Tensor<'INT64'> {
  return tensor('INT64', shape, BigInt64Array.from(values, BigInt));
}

export function isNumeric(value: Tensor): value is NumericTensor {
  return value.dtype !== 'BYTES';
}

/** The little-endian bytes of the elements, as a view and not a copy. */
export function bytesOf(value: NumericTensor): Uint8Array {
  return new Uint8Array(value.data.buffer, value.data.byteOffset, value.data.byteLength);
}

/**
 * Reads little-endian elements. A view of `bytes` where its alignment allows it, else a copy.
 * Throws ShapeError when the byte count does not fit the shape.
 */
export function tensorFromBytes<D extends NumericDType>(dtype: D, shape: Shape, bytes: Uint8Array): Tensor<D> {
  const count = elementCount(shape);
  const size = byteSizeOf(dtype);
  if (bytes.byteLength !== count * size) {
    throw new ShapeError(`${dtype} [${shape.join(',')}] needs ${count * size} bytes, received ${bytes.byteLength}`);
  }
  // Not slice(): of a Node.js Buffer it is a view.
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const data = new CONSTRUCTORS[dtype](aligned.buffer as ArrayBuffer, aligned.byteOffset, count);
  return tensor(dtype, shape, data as TensorData<D>);
}
