// onnxruntime-node has no bfloat16 tensors: an imported model takes and returns them as FP32, of which they are the upper
// half. Widening is exact, and so is narrowing of a value that was widened in the graph.

import { isNumeric, type Tensor, tensor } from './tensor.js';

/** FP32 values of little-endian BF16 elements. */
export function widenBfloat16(bytes: Uint8Array, shape: readonly number[]): Tensor {
  const values = new Float32Array(bytes.length / 2);
  const bits = new Uint32Array(values.buffer);
  for (let index = 0; index < bits.length; index++) {
    bits[index] = ((bytes[2 * index + 1]! << 24) | (bytes[2 * index]! << 16)) >>> 0;
  }
  return tensor('FP32', shape, values);
}

/** Little-endian BF16 elements of FP32 values whose lower halves are zero. */
export function narrowToBfloat16(value: Tensor): Uint8Array {
  if (!isNumeric(value) || value.dtype !== 'FP32')
    throw new Error(`expected FP32 for a BF16 output, got ${value.dtype}`);
  const { buffer, byteOffset, length } = value.data;
  const bits = new Uint32Array(buffer, byteOffset, length);
  return new Uint8Array(Uint16Array.from(bits, each => each >>> 16).buffer);
}
