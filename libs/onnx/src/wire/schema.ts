// onnx.proto for protobufjs, and its fields that this package uses, under protobufjs' camelCase names.

import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

/** Type to which protobufjs decodes an int64, and which it accepts. */
export interface Int64Bits {
  readonly low: number;
  readonly high: number;
  readonly unsigned: boolean;
}
export type WireInt64 = number | Int64Bits;

export interface WireTensor {
  dims: WireInt64[];
  dataType: number;
  name?: string;
  rawData?: Uint8Array;
  floatData?: number[];
  int32Data?: number[];
  int64Data?: WireInt64[];
  uint64Data?: WireInt64[];
  doubleData?: number[];
  stringData?: Uint8Array[];
  externalData?: { key: string; value: string }[];
  dataLocation?: number;
  segment?: unknown;
}

export interface WireSparseTensor {
  values?: WireTensor;
  indices?: WireTensor;
  dims: WireInt64[];
}

export interface WireDim {
  dimValue?: WireInt64;
  dimParam?: string;
}

export interface WireValueInfo {
  name: string;
  type?: { tensorType?: { elemType: number; shape?: { dim: WireDim[] } } };
}

export interface WireAttribute {
  name: string;
  refAttrName?: string;
  type: number;
  f?: number;
  i?: WireInt64;
  s?: Uint8Array;
  t?: WireTensor;
  g?: WireGraph;
  sparseTensor?: WireSparseTensor;
  floats?: number[];
  ints?: WireInt64[];
  strings?: Uint8Array[];
}

export interface WireNode {
  input: string[];
  output: string[];
  name?: string;
  opType: string;
  domain?: string;
  overload?: string;
  attribute: WireAttribute[];
}

export interface WireGraph {
  node: WireNode[];
  name?: string;
  initializer: WireTensor[];
  sparseInitializer?: WireSparseTensor[];
  input: WireValueInfo[];
  output: WireValueInfo[];
}

export interface WireOpset {
  domain?: string;
  version: WireInt64;
}

export interface WireFunction {
  name?: string;
  domain?: string;
  overload?: string;
  input: string[];
  output: string[];
  /** Names of attributes without a default. */
  attribute?: string[];
  attributeProto?: WireAttribute[];
  node: WireNode[];
  opsetImport: WireOpset[];
}

export interface WireModel {
  irVersion: WireInt64;
  opsetImport: WireOpset[];
  producerName?: string;
  graph?: WireGraph;
  functions?: WireFunction[];
  trainingInfo?: unknown[];
}

/** AttributeProto.AttributeType */
export const ATTRIBUTE_TYPE = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
  sparseTensor: 11,
} as const;
/** TensorProto.DataLocation.EXTERNAL */
export const EXTERNAL = 1;

const { root } = protobuf.parse(readFileSync(new URL('../../proto/onnx.proto', import.meta.url), 'utf8'));
const modelType = root.lookupType('onnx.ModelProto');

const tensorType = root.lookupType('onnx.TensorProto');

export function decodeWireTensor(bytes: Uint8Array): WireTensor {
  return tensorType.decode(bytes) as unknown as WireTensor;
}

export function decodeWireModel(bytes: Uint8Array): WireModel {
  return modelType.decode(bytes) as unknown as WireModel;
}

export function encodeWireModel(model: WireModel): Uint8Array {
  return modelType.encode(model).finish();
}
