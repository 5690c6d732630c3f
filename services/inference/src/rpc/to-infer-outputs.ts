import { classify } from '../classification/classify.js';
import type { Elements, OutputRows } from '../scheduler/work.js';
import type { ModelSpec } from '../served-models/model-spec.js';
import { writeBytesElements } from '../validation/bytes-elements.js';
import type { WantedOutput } from '../validation/check-request.js';
import type { InferOutput } from '../wire/encode-infer-response.js';

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
