import type { Code } from './code.js';

/** An invalid field of a request (google.rpc.BadRequest). */
export interface FieldViolation {
  /** Path of the field, for example "spec.epochs". */
  readonly field: string;
  /** What was expected and what was received. */
  readonly description: string;
}

/** Structured details of an error (google.rpc.ErrorInfo, BadRequest, RetryInfo). */
export interface ErrorData {
  /** A constant reason, for example "GATE_FAILED". */
  readonly reason?: string;
  /** The values behind the message. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly violations?: readonly FieldViolation[];
  /** When a retry makes sense. */
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

/** INVALID_ARGUMENT that lists all invalid fields. */
export function invalidFields(violations: readonly FieldViolation[]): ServiceError {
  const text = violations.map(({ field, description }) => `${field}: ${description}`).join('; ');
  return new ServiceError('INVALID_ARGUMENT', text, { reason: 'INVALID_FIELDS', violations });
}

export function notFound(kind: string, name: string, remedy = ''): ServiceError {
  const message = `${kind} '${name}' is not found${remedy === '' ? '' : `; ${remedy}`}`;
  return new ServiceError('NOT_FOUND', message, { reason: 'NOT_FOUND', metadata: { kind, name } });
}
