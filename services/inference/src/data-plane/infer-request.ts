// ModelInferRequest in the form used by the hot path: contents are views of the received message.

/** inference.InferParameter: the member of the oneof that was set, and its value. */
export type InferParameter =
  | { readonly choice: 'bool_param'; readonly value: boolean }
  | { readonly choice: 'int64_param' | 'uint64_param' | 'double_param'; readonly value: number }
  | { readonly choice: 'string_param'; readonly value: string }
  | { readonly choice: undefined; readonly value: undefined };

export type InferParameters = ReadonlyMap<string, InferParameter>;

/** inference.InferTensorContents: the non-empty lists. */
export interface TensorContents {
  bool_contents?: boolean[];
  int_contents?: number[];
  int64_contents?: bigint[];
  uint_contents?: number[];
  uint64_contents?: bigint[];
  fp32_contents?: number[];
  fp64_contents?: number[];
  bytes_contents?: Buffer[];
}

export interface InferInput {
  name: string;
  datatype: string;
  shape: number[];
  parameters: InferParameters;
  contents: TensorContents | undefined;
}

export interface RequestedOutput {
  name: string;
  parameters: InferParameters;
}

export interface InferRequest {
  modelName: string;
  modelVersion: string;
  id: string;
  parameters: InferParameters;
  inputs: InferInput[];
  outputs: RequestedOutput[];
  rawInputContents: Buffer[];
}

export const NO_PARAMETERS: InferParameters = new Map();
