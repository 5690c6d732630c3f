/** How TensorProto.DataType stores its elements. */
export interface ElementType {
  readonly name: string;
  /** 0: strings. */
  readonly bits: number;
  /** The repeated field of TensorProto that holds elements when raw_data does not. */
  readonly field: 'floatData' | 'int32Data' | 'int64Data' | 'doubleData' | 'uint64Data' | 'stringData';
  /** Elements in one entry of the field: 2 for two 4-bit numbers in an int32, ½ for a complex number. */
  readonly perEntry: number;
}

const element = (name: string, bits: number, field: ElementType['field'], perEntry = 1): ElementType => ({
  name,
  bits,
  field,
  perEntry,
});

// onnx.proto, TensorProto.DataType and the comments of its data fields. Not 27 and 28 (float6): no runtime has them.
const ELEMENT_TYPES: { readonly [dataType: number]: ElementType } = {
  1: element('float', 32, 'floatData'),
  2: element('uint8', 8, 'int32Data'),
  3: element('int8', 8, 'int32Data'),
  4: element('uint16', 16, 'int32Data'),
  5: element('int16', 16, 'int32Data'),
  6: element('int32', 32, 'int32Data'),
  7: element('int64', 64, 'int64Data'),
  8: element('string', 0, 'stringData'),
  9: element('bool', 8, 'int32Data'),
  10: element('float16', 16, 'int32Data'),
  11: element('double', 64, 'doubleData'),
  12: element('uint32', 32, 'uint64Data'),
  13: element('uint64', 64, 'uint64Data'),
  14: element('complex64', 64, 'floatData', 0.5),
  15: element('complex128', 128, 'doubleData', 0.5),
  16: element('bfloat16', 16, 'int32Data'),
  17: element('float8e4m3fn', 8, 'int32Data'),
  18: element('float8e4m3fnuz', 8, 'int32Data'),
  19: element('float8e5m2', 8, 'int32Data'),
  20: element('float8e5m2fnuz', 8, 'int32Data'),
  21: element('uint4', 4, 'int32Data', 2),
  22: element('int4', 4, 'int32Data', 2),
  23: element('float4e2m1', 4, 'int32Data', 2),
  24: element('float8e8m0', 8, 'int32Data'),
  25: element('uint2', 2, 'int32Data', 4),
  26: element('int2', 2, 'int32Data', 4),
};

export function elementTypeOf(dataType: number): ElementType | undefined {
  return ELEMENT_TYPES[dataType];
}
