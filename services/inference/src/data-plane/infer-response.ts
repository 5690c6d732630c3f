/** One output of a response. */
export interface InferOutput {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  /** Row-major little-endian elements; BYTES with their lengths. */
  readonly raw: Uint8Array;
}

export interface InferResponse {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly id: string;
  readonly parameters: Readonly<Record<string, string | boolean>>;
  readonly outputs: readonly InferOutput[];
}
