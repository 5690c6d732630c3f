// Element types with their Open Inference Protocol names and ONNX's numbers (onnx.proto, TensorProto.DataType), so that
// no other file needs a second table.

interface DTypeFacts {
  /** Bytes of one element; 0 for BYTES, whose elements vary in length. */
  readonly byteSize: number;
  /** TensorProto.DataType of onnx.proto. */
  readonly onnxElemType: number;
}

const DTYPES = {
  BOOL: { byteSize: 1, onnxElemType: 9 },
  UINT8: { byteSize: 1, onnxElemType: 2 },
  UINT16: { byteSize: 2, onnxElemType: 4 },
  UINT32: { byteSize: 4, onnxElemType: 12 },
  UINT64: { byteSize: 8, onnxElemType: 13 },
  INT8: { byteSize: 1, onnxElemType: 3 },
  INT16: { byteSize: 2, onnxElemType: 5 },
  INT32: { byteSize: 4, onnxElemType: 6 },
  INT64: { byteSize: 8, onnxElemType: 7 },
  FP16: { byteSize: 2, onnxElemType: 10 },
  BF16: { byteSize: 2, onnxElemType: 16 },
  FP32: { byteSize: 4, onnxElemType: 1 },
  FP64: { byteSize: 8, onnxElemType: 11 },
  BYTES: { byteSize: 0, onnxElemType: 8 },
} as const satisfies Record<string, DTypeFacts>;

export type DType = keyof typeof DTYPES;
/** Every dtype whose elements have a fixed size. */
export type NumericDType = Exclude<DType, 'BYTES'>;
export type FloatDType = 'FP16' | 'BF16' | 'FP32' | 'FP64';

export const dtypes = Object.keys(DTYPES) as readonly DType[];

const byOnnxElemType = new Map<number, DType>(dtypes.map(dtype => [DTYPES[dtype].onnxElemType, dtype]));

export function isDType(name: string): name is DType {
  return Object.hasOwn(DTYPES, name);
}

export function isFloat(dtype: DType): dtype is FloatDType {
  return dtype === 'FP32' || dtype === 'FP64' || dtype === 'FP16' || dtype === 'BF16';
}

/** Bytes of one element; 0 for BYTES. */
export function byteSizeOf(dtype: DType): number {
  return DTYPES[dtype].byteSize;
}

export function toOnnxElemType(dtype: DType): number {
  return DTYPES[dtype].onnxElemType;
}

/** The dtype of an ONNX element type; undefined for one that this project does not support (float8, int4, complex). */
export function fromOnnxElemType(elemType: number): DType | undefined {
  return byOnnxElemType.get(elemType);
}
