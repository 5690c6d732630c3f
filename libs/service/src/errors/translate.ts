import type { Code } from './code.js';
import { ServiceError } from './service-error.js';

interface Translation {
  readonly code: Code;
  readonly message: string;
}

const REPEAT: Translation = {
  code: 'ABORTED',
  message: 'another call changed the same resource concurrently; retry the call',
};
const FULL: Translation = {
  code: 'RESOURCE_EXHAUSTED',
  message: "the service's disk is full, nothing was changed; free space there, then retry",
};
const STORAGE_UNAVAILABLE: Translation = {
  code: 'UNAVAILABLE',
  message: 'the service cannot reach its storage; retry',
};
const DAMAGED: Translation = {
  code: 'DATA_LOSS',
  message: 'stored bytes are damaged: their digest does not match; restore them from a backup or upload them again',
};

/** By the `kind` of errors of the database and of the blob store; this package depends on neither. */
const BY_KIND: ReadonlyMap<unknown, Translation> = new Map([
  ['storage_full', FULL],
  ['disk_full', FULL],
  ['corrupt', DAMAGED],
  ['connection_lost', STORAGE_UNAVAILABLE],
  ['unavailable', STORAGE_UNAVAILABLE],
  ['timeout', STORAGE_UNAVAILABLE],
  ['serialization_failure', REPEAT],
  ['unique_violation', REPEAT],
]);

const UNFIT: Translation = {
  code: 'INVALID_ARGUMENT',
  message:
    'a value of the request cannot be stored: expected text without NUL characters and numbers within their range',
};

/** PostgreSQL, appendix A: character not in repertoire, untranslatable character, numeric value out of range. */
const BY_SQL_STATE: ReadonlyMap<unknown, Translation> = new Map([
  ['22021', UNFIT],
  ['22P05', UNFIT],
  ['22003', UNFIT],
]);

/** The error to return for a storage failure; undefined for every other error. */
export function translateFailure(error: unknown): ServiceError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { kind, sqlState } = error as { kind?: unknown; sqlState?: unknown };
  const found = BY_KIND.get(kind) ?? BY_SQL_STATE.get(sqlState);
  return found && new ServiceError(found.code, found.message, { reason: 'STORAGE', cause: error });
}
