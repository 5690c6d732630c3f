import type { Elements, OutputRows } from '@athanor/serving';
import type { ModelSpec } from '../served-models/model-spec.js';
import { writeBytesElements } from './check/bytes-elements.js';
import type { WantedOutput } from './check/check-request.js';
import { classify } from './classify.js';
import type { InferOutput } from './infer-response.js';

/** The requested outputs of a run in wire format, always raw. */
export function toInferOutputs(
  wanted: readonly WantedOutput[],
  outputs: readonly OutputRows[],
  spec: ModelSpec,
): InferOutput[] {
  return wanted.map(({ index, classification }) => {
    const { name, dtype } = spec.outputs[index]!;
    const output = outputs[index]!;
    if (classification === 0) return { name, datatype: dtype, shape: output.shape, raw: toRaw(output.data) };
    const { shape, data } = classify(output, classification, { name, dtype, spec });
    return { name, datatype: 'BYTES', shape, raw: toRaw(data) };
  });
}

function toRaw(data: Elements): Uint8Array {
  return data instanceof Uint8Array ? data : writeBytesElements(data);
}
