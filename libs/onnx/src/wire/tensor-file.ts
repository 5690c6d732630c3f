import type { Tensor } from '@athanor/tensor';
import { ModelError } from '../errors.js';
import { decodeWireTensor } from './schema.js';
import { decodeTensor } from './tensor.js';

/** Reads a file with one TensorProto, such as ONNX's recorded inputs and outputs (input_0.pb). Throws ModelError. */
export function readTensorFile(bytes: Uint8Array): Tensor {
  let wire: ReturnType<typeof decodeWireTensor>;
  try {
    wire = decodeWireTensor(bytes);
  } catch (cause) {
    throw new ModelError('MALFORMED', 'the file is not a TensorProto', { cause });
  }
  return decodeTensor(wire);
}
