import { type Datatype, decodeRaw, encodeRaw, type TensorData } from './raw-tensor.js';
import type { CallOptions } from './rpc/call-options.js';
import type { Stub } from './rpc/stub.js';

/** A named tensor of a request or a response. */
export interface InferTensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface InferRequest {
  readonly modelName: string;
  /** Empty: the deployment's active version. */
  readonly modelVersion?: string;
  readonly inputs: readonly InferTensor[];
  /** Empty: all. */
  readonly outputs?: readonly string[];
  readonly id?: string;
}

export interface InferResponse {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly id: string;
  readonly outputs: ReadonlyMap<string, InferTensor>;
  /** For example "athanor_version_digest", for the lineage. */
  readonly parameters: ReadonlyMap<string, string | number | boolean>;
}

/** ModelInfer with raw contents (Open Inference Protocol v2). */
export async function infer(
  inference: Stub<'inference'>,
  request: InferRequest,
  options: CallOptions = {},
): Promise<InferResponse> {
  const answer = await inference.modelInfer(
    {
      modelName: request.modelName,
      modelVersion: request.modelVersion ?? '',
      id: request.id ?? '',
      inputs: request.inputs.map(({ name, datatype, shape }) => ({ name, datatype, shape: [...shape] })),
      outputs: (request.outputs ?? []).map(name => ({ name })),
      rawInputContents: request.inputs.map(encodeRaw),
    },
    options,
  );
  const outputs = answer.outputs.map((output, index): [string, InferTensor] => {
    const datatype = output.datatype as Datatype;
    const data = decodeRaw(datatype, answer.rawOutputContents[index] ?? Buffer.alloc(0));
    return [output.name, { name: output.name, datatype, shape: output.shape, data }];
  });
  const parameters = Object.entries(answer.parameters ?? {}).map(
    ([name, value]): [string, string | number | boolean] => {
      const chosen = value.parameterChoice;
      return [name, chosen === undefined ? '' : (value[chosen] ?? '')];
    },
  );
  const { modelName, modelVersion, id } = answer;
  return { modelName, modelVersion, id, outputs: new Map(outputs), parameters: new Map(parameters) };
}
