export type ModelErrorCode =
  | 'MALFORMED'
  | 'TOO_LARGE'
  | 'UNSUPPORTED_FEATURE'
  | 'UNSUPPORTED_TYPE'
  | 'UNKNOWN_DOMAIN'
  | 'UNKNOWN_OPERATOR'
  | 'UNDEFINED_VALUE'
  | 'DUPLICATE_VALUE'
  | 'RESERVED_NAME'
  | 'EXTERNAL_DATA'
  | 'NOT_A_TENSOR'
  | 'RESHAPE'
  | 'RECURSION'
  | 'LOOP_TOO_LONG';

/** A model that cannot be read, or that the guard refuses. `code` is stable, the message is for people. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly code: ModelErrorCode;

  constructor(code: ModelErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The types of an operator's inputs are inconsistent: a mistake in the graph that is being built. */
export class TypeInferenceError extends Error {
  override readonly name = 'TypeInferenceError';
}

/** A name from a file, for a message: control characters escaped, and not longer than a line. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 120 ? `${name.slice(0, 119)}…` : name);
}
