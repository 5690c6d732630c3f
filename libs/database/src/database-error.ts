/*
 * Both engines report failures by SQLSTATE, but wrap them differently. They are translated here into a closed set of
 * kinds.
 */
export type DatabaseErrorKind =
  | 'unique_violation'
  | 'foreign_key_violation'
  | 'check_violation'
  | 'not_null_violation'
  | 'serialization_failure'
  | 'connection_lost'
  | 'disk_full'
  | 'timeout'
  | 'other';

/**
 * PostgreSQL, appendix A "Error Codes". A deadlock is treated like a serialization failure: the same transaction may
 * succeed when retried.
 */
const KIND_BY_SQLSTATE: Readonly<Record<string, DatabaseErrorKind>> = {
  '23505': 'unique_violation',
  '23503': 'foreign_key_violation',
  '23514': 'check_violation',
  '23502': 'not_null_violation',
  '40001': 'serialization_failure',
  '40P01': 'serialization_failure',
  '53100': 'disk_full',
  '53300': 'connection_lost',
  '57P01': 'connection_lost',
  '57P02': 'connection_lost',
  '57P03': 'connection_lost',
  '55P03': 'timeout',
  '57014': 'timeout',
  ENOSPC: 'disk_full',
  // Errors while a server restarts, or its machine, network or name is unavailable.
  ECONNREFUSED: 'connection_lost',
  ECONNRESET: 'connection_lost',
  EPIPE: 'connection_lost',
  ETIMEDOUT: 'connection_lost',
  EHOSTUNREACH: 'connection_lost',
  EHOSTDOWN: 'connection_lost',
  ENETUNREACH: 'connection_lost',
  ENETDOWN: 'connection_lost',
  EAI_AGAIN: 'connection_lost',
  ENOTFOUND: 'connection_lost',
};

export class DatabaseError extends Error {
  override readonly name: string = 'DatabaseError';
  readonly kind: DatabaseErrorKind;
  readonly sqlState: string | undefined;
  /** Name of the violated constraint. */
  readonly constraint: string | undefined;

  constructor(
    kind: DatabaseErrorKind,
    message: string,
    details: { cause?: unknown; sqlState?: string; constraint?: string } = {},
  ) {
    super(message, { cause: details.cause });
    this.kind = kind;
    this.sqlState = details.sqlState;
    this.constraint = details.constraint;
  }
}

/**
 * A query outside the transaction's handle while the same call holds a transaction. With one connection it would wait
 * for itself forever; it is refused on both engines, so that tests find it on either.
 */
export class NestedQueryError extends DatabaseError {
  override readonly name = 'NestedQueryError';

  constructor() {
    super(
      'other',
      'A query was started outside the handle of the open transaction of this call; ' +
        'use the `trx` that the transaction passes to its callback.',
    );
  }
}

export function isDatabaseError(error: unknown, kind?: DatabaseErrorKind): error is DatabaseError {
  return error instanceof DatabaseError && (kind === undefined || error.kind === kind);
}

interface DriverError extends Error {
  readonly code?: string;
  readonly constraint?: string;
}

export function toDatabaseError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  if (!(error instanceof Error)) return new DatabaseError('other', String(error), { cause: error });
  const { code, constraint, message } = error as DriverError;
  return new DatabaseError(kindOf(code, message), message, {
    cause: error,
    ...(code === undefined ? {} : { sqlState: code }),
    ...(constraint === undefined ? {} : { constraint }),
  });
}

const LOST = /^Connection terminated|^Client has encountered a connection error|PGlite is closed/;
/** Of the pool: no connection was available in time. */
const NONE_IN_TIME = /^timeout exceeded when trying to connect/;

function kindOf(code: string | undefined, message: string): DatabaseErrorKind {
  const known = code === undefined ? undefined : KIND_BY_SQLSTATE[code];
  if (known) return known;
  // Class 08 is "connection exception"; pg reports a closed socket by message only.
  if (code?.startsWith('08') || LOST.test(message)) return 'connection_lost';
  if (NONE_IN_TIME.test(message)) return 'timeout';
  return message.includes('No space left on device') ? 'disk_full' : 'other';
}
