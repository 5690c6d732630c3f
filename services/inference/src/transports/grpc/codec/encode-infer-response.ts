import type { InferOutput, InferResponse } from '../../../data-plane/infer-response.js';
import { messageSize, stringSize, varintSize, WireWriter } from './writer.js';

// Two passes: sizes, then bytes into one buffer of exactly that size. All field numbers are below 16, so every tag is
// one byte: number << 3 | wire type.

export function encodeInferResponse(response: InferResponse): Buffer {
  const { modelName, modelVersion, id, outputs } = response;
  const parameters = Object.entries(response.parameters);
  const writer = new WireWriter(responseSize(response, parameters));
  writer.string((1 << 3) | 2, modelName);
  writer.string((2 << 3) | 2, modelVersion);
  writer.string((3 << 3) | 2, id);
  for (const [name, value] of parameters) writeParameter(writer, name, value);
  for (const output of outputs) writeOutput(writer, output);
  // One entry per output, even if it is empty, because clients use its index.
  for (const { raw } of outputs) writer.bytes((6 << 3) | 2, raw);
  return writer.buffer;
}

/** Triton's wrapper of a streamed response: error_message = 1, infer_response = 2. */
export function encodeStreamResponse(errorMessage: string, response: Buffer): Buffer {
  const writer = new WireWriter(stringSize(errorMessage) + messageSize(response.length));
  writer.string((1 << 3) | 2, errorMessage);
  writer.bytes((2 << 3) | 2, response);
  return writer.buffer;
}

function responseSize({ modelName, modelVersion, id, outputs }: InferResponse, parameters: Parameter[]): number {
  let size = stringSize(modelName) + stringSize(modelVersion) + stringSize(id);
  for (const [name, value] of parameters) size += messageSize(entrySize(name, value));
  for (const output of outputs) size += messageSize(outputSize(output)) + messageSize(output.raw.length);
  return size;
}

function outputSize({ name, datatype, shape }: InferOutput): number {
  return stringSize(name) + stringSize(datatype) + (shape.length === 0 ? 0 : messageSize(packedSize(shape)));
}

function packedSize(shape: readonly number[]): number {
  let size = 0;
  for (const dim of shape) size += varintSize(dim);
  return size;
}

function writeOutput(writer: WireWriter, output: InferOutput): void {
  const { name, datatype, shape } = output;
  writer.head((5 << 3) | 2, outputSize(output));
  writer.string((1 << 3) | 2, name);
  writer.string((2 << 3) | 2, datatype);
  if (shape.length === 0) return;
  writer.head((3 << 3) | 2, packedSize(shape));
  for (const dim of shape) writer.varint(dim);
}

type Parameter = [name: string, value: string | boolean];

// map<string, InferParameter>: entry {key = 1, value = 2}, value {bool_param = 1 | string_param = 3}. A member of a
// oneof is written even if it is empty.
function valueSize(value: string | boolean): number {
  return typeof value === 'boolean' ? 2 : messageSize(Buffer.byteLength(value));
}

function entrySize(name: string, value: string | boolean): number {
  return stringSize(name) + messageSize(valueSize(value));
}

function writeParameter(writer: WireWriter, name: string, value: string | boolean): void {
  writer.head((4 << 3) | 2, entrySize(name, value));
  writer.string((1 << 3) | 2, name);
  writer.head((2 << 3) | 2, valueSize(value));
  if (typeof value === 'boolean') {
    writer.varint((1 << 3) | 0);
    writer.varint(value ? 1 : 0);
  } else writer.bytes((3 << 3) | 2, Buffer.from(value));
}
