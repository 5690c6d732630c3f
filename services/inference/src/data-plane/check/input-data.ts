import type { InferInput, InferRequest, TensorContents } from '../infer-request.js';
import { refuseSharedMemory } from './check-parameters.js';
import { invalidRequest } from './request-error.js';

/** An input's elements as received: raw bytes, or typed lists. */
export type InputData = Buffer | TensorContents;

/** The datatypes of each typed list; FP16 and BF16 have none and must be raw. */
export const LIST_DATATYPES: { readonly [K in keyof Required<TensorContents>]: readonly string[] } = {
  bool_contents: ['BOOL'],
  int_contents: ['INT32', 'INT16', 'INT8'],
  int64_contents: ['INT64'],
  uint_contents: ['UINT32', 'UINT16', 'UINT8'],
  uint64_contents: ['UINT64'],
  fp32_contents: ['FP32'],
  fp64_contents: ['FP64'],
  bytes_contents: ['BYTES'],
};

/** The data of each input, in the request's order. */
export function findInputData(request: InferRequest, model: string): InputData[] {
  const { inputs, rawInputContents } = request;
  const data = inputs.map((input, index) => findData(input, rawInputContents, { index, model }));
  if (rawInputContents.length > inputs.length) {
    const got = `got ${rawInputContents.length} raw_input_contents for ${inputs.length} inputs of model '${model}'`;
    throw invalidRequest(`expected one entry of raw_input_contents for each input, ${got}`);
  }
  return data;
}

function findData(input: InferInput, raw: Buffer[], { index, model }: { index: number; model: string }): InputData {
  const { name, contents, parameters } = input;
  if (parameters.size > 0) refuseSharedMemory(parameters);
  if (contents === undefined) {
    const found = raw[index];
    if (found !== undefined) return found;
    throw invalidRequest(`unable to find data for input tensor '${name}' for model '${model}' in request.`);
  }
  if (raw.length > 0) {
    throw invalidRequest(
      `contents field must not be specified when using raw_input_contents for '${name}' for model '${model}'`,
    );
  }
  for (const list of Object.keys(contents) as (keyof TensorContents)[]) {
    if (contents[list]!.length > 0 && !LIST_DATATYPES[list].includes(input.datatype)) {
      throw invalidRequest(
        `unexpected explicit tensor data for input tensor '${name}' for model '${model}' ` +
          `of type '${LIST_DATATYPES[list][0]}', expected datatype '${input.datatype}'`,
      );
    }
  }
  return contents;
}
