// Errors that say nothing about the event: a dependency of its handler is unavailable for now.

/** gRPC codes by name, of a call to another service or of our own. */
const CODES: ReadonlySet<unknown> = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED']);

/** The `kind` of the database's and the blob store's errors. */
const KINDS: ReadonlySet<unknown> = new Set([
  'connection_lost',
  'storage_full',
  'disk_full',
  'unavailable',
  'timeout',
  'serialization_failure',
]);

/** What the NATS client throws while its server is unavailable. */
const NATS_ERRORS: ReadonlySet<unknown> = new Set([
  'TimeoutError',
  'NoRespondersError',
  'RequestError',
  'ConnectionError',
  'ClosedConnectionError',
  'DrainingConnectionError',
]);

/** Whether the same delivery may well succeed later. */
export function isTransient(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code, kind, name } = each as Error & { code?: unknown; kind?: unknown };
    if (CODES.has(code) || KINDS.has(kind) || NATS_ERRORS.has(name)) return true;
  }
  return false;
}

export interface RetryPauses {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Twice as long each time; `retries` counts from 0. */
export function retryPauseMs(retries: number, { firstMs, maxMs }: RetryPauses): number {
  return Math.min(firstMs * 2 ** retries, maxMs);
}
