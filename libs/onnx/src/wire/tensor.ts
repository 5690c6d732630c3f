import {
  bytesOf,
  type DType,
  elementCount,
  fromOnnxElemType,
  isNumeric,
  type NumericDType,
  ShapeError,
  type Tensor,
  tensor,
  tensorFromBytes,
  toOnnxElemType,
  zeros,
} from '@athanor/tensor';
import { ModelError } from '../errors.js';
import { fromWireInt64, toWireInt64 } from './int64.js';
import { EXTERNAL, type WireInt64, type WireTensor } from './schema.js';

const text = new TextDecoder('utf-8', { fatal: true });
const utf8 = new TextEncoder();

export function decodeDType(elemType: number, where: string): DType {
  const dtype = fromOnnxElemType(elemType);
  if (dtype === undefined) throw new ModelError('UNSUPPORTED_TYPE', `${where} has ONNX element type ${elemType}`);
  return dtype;
}

export function decodeTensor(wire: WireTensor): Tensor {
  const where = `tensor "${wire.name ?? ''}"`;
  if (wire.dataLocation === EXTERNAL || (wire.externalData?.length ?? 0) > 0) {
    throw new ModelError('EXTERNAL_DATA', `${where} keeps its data outside the model file; embed it`);
  }
  if (wire.segment) throw new ModelError('UNSUPPORTED_FEATURE', `${where} is stored in segments`);
  const dtype = decodeDType(wire.dataType, where);
  const shape = (wire.dims ?? []).map(dim => Number(fromWireInt64(dim)));
  try {
    return decodeData(wire, dtype, shape);
  } catch (cause) {
    if (cause instanceof ShapeError) throw new ModelError('MALFORMED', `${where}: ${cause.message}`, { cause });
    throw cause;
  }
}

function decodeData(wire: WireTensor, dtype: DType, shape: number[]): Tensor {
  if (dtype === 'BYTES')
    return tensor(
      'BYTES',
      shape,
      (wire.stringData ?? []).map(bytes => text.decode(bytes)),
    );
  if (wire.rawData && wire.rawData.byteLength > 0) return tensorFromBytes(dtype, shape, wire.rawData);
  const values = typedValues(wire, dtype);
  const expected = elementCount(shape);
  if (values.length !== expected) {
    throw new ShapeError(`${dtype} [${shape.join(',')}] needs ${expected} elements, received ${values.length}`);
  }
  return fill(zeros(dtype, shape), values);
}

// onnx.proto, TensorProto: which repeated field carries which data_type when raw_data is absent.
function typedValues(wire: WireTensor, dtype: NumericDType): readonly (number | WireInt64)[] {
  switch (dtype) {
    case 'FP32':
      return wire.floatData ?? [];
    case 'FP64':
      return wire.doubleData ?? [];
    case 'INT64':
      return wire.int64Data ?? [];
    case 'UINT32':
    case 'UINT64':
      return wire.uint64Data ?? [];
    default:
      return wire.int32Data ?? [];
  }
}

function fill(result: Tensor<NumericDType>, values: readonly (number | WireInt64)[]): Tensor {
  const { data } = result;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    values.forEach((value, index) => {
      data[index] = BigInt(fromWireInt64(value));
    });
  } else {
    values.forEach((value, index) => {
      data[index] = Number(fromWireInt64(value));
    });
  }
  return result;
}

export function encodeTensor(name: string, value: Tensor): WireTensor {
  const wire: WireTensor = { dims: value.shape.map(toWireInt64), dataType: toOnnxElemType(value.dtype) };
  if (name !== '') wire.name = name;
  if (isNumeric(value)) wire.rawData = bytesOf(value);
  else wire.stringData = value.data.map(item => utf8.encode(item));
  return wire;
}
