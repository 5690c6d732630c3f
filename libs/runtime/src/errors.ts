export type RuntimeFailureCode =
  | 'INVALID_MODEL'
  | 'INVALID_INPUT'
  | 'UNSUPPORTED_TYPE'
  | 'NO_GPU'
  | 'RUN_FAILED'
  | 'UNKNOWN_MODEL'
  | 'RUNNER_LOST'
  | 'CLOSED';

/** Errors between a model's bytes and its outputs. Also plain data, because they cross process boundaries. */
export class RuntimeFailure extends Error {
  override readonly name = 'RuntimeFailure';
  readonly code: RuntimeFailureCode;

  constructor(code: RuntimeFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
