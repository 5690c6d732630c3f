import type { Code } from './code.js';

/** One field of a request that is wrong, and how (google.rpc.BadRequest). */
export interface FieldViolation {
  /** Path of the field, for example "spec.epochs". */
  readonly field: string;
  /** What was expected and what came. */
  readonly description: string;
}

/** Data for programs that goes with an error (google.rpc.ErrorInfo, BadRequest, RetryInfo). */
export interface ErrorData {
  /** A constant word, for example "GATE_FAILED". */
  readonly reason?: string;
  /** Figures and names behind the message. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly violations?: readonly FieldViolation[];
  /** When it makes sense to try again. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** An error that a caller may see. The message says what was expected, what was received, and what to do. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: Code;
  readonly data: ErrorData;

  constructor(code: Code, message: string, data: ErrorData = {}) {
    super(message, data.cause === undefined ? undefined : { cause: data.cause });
    this.code = code;
    this.data = data;
  }
}

/** INVALID_ARGUMENT that names every wrong field at once. */
export function invalidFields(violations: readonly FieldViolation[]): ServiceError {
  const text = violations.map(({ field, description }) => `${field}: ${description}`).join('; ');
  return new ServiceError('INVALID_ARGUMENT', text, { reason: 'INVALID_FIELDS', violations });
}

export function notFound(kind: string, name: string, remedy = ''): ServiceError {
  const message = `${kind} '${name}' is not found${remedy === '' ? '' : `; ${remedy}`}`;
  return new ServiceError('NOT_FOUND', message, { reason: 'NOT_FOUND', metadata: { kind, name } });
}
