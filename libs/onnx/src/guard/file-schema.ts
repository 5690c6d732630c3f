// onnx.proto for files that others made. The elements of tensors stay packed bytes, views of the file: a file of 2 GiB is
// checked, and written with another boundary, without one number of it being decoded.

import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import type { WireDim, WireInt64 } from '../wire/schema.js';

export interface FileTensor {
  dims: WireInt64[];
  dataType: number;
  name: string;
  rawData?: Uint8Array;
  /** Packed chunks; their concatenation is the field. */
  floatData: Uint8Array[];
  int32Data: Uint8Array[];
  int64Data: Uint8Array[];
  doubleData: Uint8Array[];
  uint64Data: Uint8Array[];
  stringData: Uint8Array[];
  externalData: { key: string; value: string }[];
  dataLocation: number;
  segment?: unknown;
}

export interface FileSparseTensor {
  values?: FileTensor;
  indices?: FileTensor;
  dims: WireInt64[];
}

export interface FileType {
  tensorType?: { elemType: number; shape?: { dim: WireDim[] } };
  sequenceType?: { elemType?: FileType };
  mapType?: object;
  optionalType?: object;
  sparseTensorType?: object;
  opaqueType?: object;
}

export interface FileValueInfo {
  name: string;
  type?: FileType;
}

export interface FileAttribute {
  name: string;
  refAttrName?: string;
  type: number;
  f?: number;
  i?: WireInt64;
  s?: Uint8Array;
  t?: FileTensor;
  g?: FileGraph;
  sparseTensor?: FileSparseTensor;
  floats?: number[];
  ints?: WireInt64[];
  strings?: Uint8Array[];
  tensors?: FileTensor[];
  graphs?: FileGraph[];
  sparseTensors?: FileSparseTensor[];
}

export interface FileNode {
  input: string[];
  output: string[];
  name: string;
  opType: string;
  domain: string;
  overload: string;
  attribute: FileAttribute[];
}

export interface FileGraph {
  name: string;
  node: FileNode[];
  initializer: FileTensor[];
  sparseInitializer: FileSparseTensor[];
  input: FileValueInfo[];
  output: FileValueInfo[];
  valueInfo: FileValueInfo[];
}

export interface OpsetImport {
  domain: string;
  version: WireInt64;
}

export interface FileFunction {
  name: string;
  domain: string;
  overload: string;
  input: string[];
  output: string[];
  node: FileNode[];
  opsetImport: OpsetImport[];
  attributeProto: FileAttribute[];
}

export interface FileModel {
  irVersion: WireInt64;
  opsetImport: OpsetImport[];
  producerName: string;
  graph?: FileGraph;
  functions: FileFunction[];
  trainingInfo: unknown[];
}

const PACKED_DATA = ['floatData', 'int32Data', 'int64Data', 'doubleData', 'uint64Data'] as const;

const { root } = protobuf.parse(readFileSync(new URL('../../proto/onnx.proto', import.meta.url), 'utf8'));
const tensorType = root.lookupType('onnx.TensorProto');
for (const name of PACKED_DATA) {
  const { id } = tensorType.fields[name]!;
  tensorType.remove(tensorType.fields[name]!);
  tensorType.add(new protobuf.Field(name, id, 'bytes', 'repeated'));
}

/** onnx.ModelProto with tensors' elements as bytes. */
export const fileModelType = root.lookupType('onnx.ModelProto').resolveAll() as protobuf.Type;

/** The result has views of `bytes`. Call `scanFile` first: it refuses what this reader would take too much memory for. */
export function decodeFileModel(bytes: Uint8Array): FileModel {
  return fileModelType.decode(bytes) as unknown as FileModel;
}

/** The graphs of an attribute, whatever its type says. */
export function bodiesOf({ g, graphs = [] }: FileAttribute): readonly FileGraph[] {
  return g ? [g, ...graphs] : graphs;
}

export function encodeFileModel(model: FileModel): Uint8Array {
  return fileModelType.encode(model).finish();
}
