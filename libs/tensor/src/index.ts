export { narrowToBfloat16, widenBfloat16 } from './bfloat16.js';
export {
  byteSizeOf,
  type DType,
  dtypes,
  type FloatDType,
  fromOnnxElemType,
  isDType,
  isFloat,
  type NumericDType,
  toOnnxElemType,
} from './dtype.js';
export { gatherRows } from './gather-rows.js';
export { fromHalf } from './half.js';
export { SafetensorsError, type SafetensorsFile } from './safetensors/format.js';
export { readSafetensors } from './safetensors/read.js';
export { writeSafetensors } from './safetensors/write.js';
export { elementCount, normalizeAxis, rowMajorStrides, type Shape, ShapeError, sameShape } from './shape.js';
export {
  bytesOf,
  int64,
  isNumeric,
  type NumericArray,
  type NumericTensor,
  scalar,
  type Tensor,
  type TensorData,
  tensor,
  tensorFromBytes,
  zeros,
} from './tensor.js';
